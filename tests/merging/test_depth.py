"""Depth: segments that stand as a whole too far left."""

from __future__ import annotations

from bot.merging.depth import Shift, Shown, shift_of, style_of


def test_a_segment_whose_context_is_off_by_one_distance_is_shifted_as_a_whole() -> None:
    lines = [Shown("a()", "    a()", same=True), Shown("b()"), Shown("c()", "    c()", same=True)]
    assert shift_of(lines, "    ") == Shift(4, "    ")


def test_a_segment_at_its_own_depth_is_not_shifted() -> None:
    assert shift_of([Shown("    a()", "    a()", same=True), Shown("    b()")], "    ") is None


def test_a_shift_that_would_put_a_line_left_of_the_margin_is_none() -> None:
    assert shift_of([Shown("        a()", "    a()", same=True), Shown("b()")], "    ") is None


def test_a_shift_is_written_in_the_tabs_of_the_file() -> None:
    assert Shift(4, "\t").lead(4) == "\t\t"
    assert Shift(4, "    ").lead(2) == " " * 6


def test_context_pushed_in_under_a_new_header_is_not_taken_for_a_shift() -> None:
    lines = [Shown("a()", "a()", same=True), Shown("if x:"), Shown("    b()", "b()", same=True)]
    assert shift_of(lines, "    ") is None


def test_another_unit_is_seen_though_the_shallowest_line_stands_right() -> None:
    lines = [
        Shown("    if (a) {", "    if (a) {", same=True),
        Shown("        one();", "      one();", same=True),
        Shown("            two();", "        two();", same=True),
        Shown("        three();"),
    ]
    style = style_of(lines, "  ")
    assert style is not None
    assert style.lead(8) == "      "


def test_one_depth_that_is_another_was_moved() -> None:
    lines = [
        Shown("    add(", "    add(", same=True),
        Shown("        .one()", "      .one()", same=True),
        Shown("        .two()"),
    ]
    assert style_of(lines, "  ") is None


def test_each_level_is_a_tab_where_the_file_has_tabs() -> None:
    lines = [Shown("  add(", "\tadd(", same=True), Shown("    one,"), Shown("  )", "\t)", same=True)]
    assert shift_of(lines, "\t") is None
    style = style_of(lines, "\t")
    assert style is not None
    assert style.lead(4) == "\t\t"


def test_what_puts_one_sign_under_another_stays_where_a_level_is_another_one() -> None:
    lines = [Shown("    void dry() {", "\tvoid dry() {", same=True), Shown("        stop();", "\t\tstop();", same=True)]
    style = style_of([*lines, Shown("    }", "\t}", same=True), Shown("     * Says it.")], "\t")
    assert style is not None
    assert [style.lead(5, aligned=True), style.lead(9, aligned=True)] == ["\t ", "\t\t "]
    assert [style.lead(5), style.lead(4, aligned=True), style.lead(1, aligned=True)] == ["\t", "\t", " "]


def test_depths_in_proportion_are_another_unit_though_lines_above_them_go() -> None:
    lines = [
        Shown("  walk(() => {", "    walk(() => {", same=True),
        Shown("", "    if (old) {", dropped=True),
        Shown("    keep();", "        keep();", same=True),
        Shown("      fresh();"),
    ]
    style = style_of(lines, "    ")
    assert style is not None
    assert style.lead(6) == " " * 12
