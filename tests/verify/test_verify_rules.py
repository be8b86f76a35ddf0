"""Each rule of the judge on small files of our own: what it lets through, what it doubts, what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.judged import (
    GO,
    NO_EDGES,
    PYTHON,
    RUBY_DELETION,
    TRUE,
    TWO_PLACES,
    TYPESCRIPT,
    YAML,
    Example,
    example,
)

from bot.errors import Code, Refusal
from bot.model import Hints, Judgement, LineRange, Merged, Verdict
from bot.text import Document
from bot.verify import judge, judge_local, verify, verify_exact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NO_HINTS = Hints()


def alone(it: Example, hints: Hints = NO_HINTS) -> Judgement:
    """The judge's own verdict, with no second opinion."""
    base, merged = Document.from_text(it.base), Document.from_text(it.merged)
    return judge(base, it.snippet, merged, it.path, hints, engine=None)


def rules(judgement: Judgement) -> set[str]:
    return {doubt.rule for doubt in judgement.doubts}


@pytest.mark.parametrize("it", TRUE.values(), ids=TRUE)
def test_a_true_merge_is_verified_without_a_second_opinion(it: Example) -> None:
    assert alone(it) == Judgement(Verdict.VERIFIED)


@pytest.mark.parametrize("it", TRUE.values(), ids=TRUE)
def test_a_true_merge_with_crlf_and_a_byte_order_mark_is_judged_alike(it: Example) -> None:
    def dos(text: str) -> str:
        return "\ufeff" + text.replace("\n", "\r\n")

    assert alone(replace(it, base=dos(it.base), merged=dos(it.merged))) == Judgement(Verdict.VERIFIED)


def _without(text: str, line: str) -> str:
    assert f"{line}\n" in text
    return text.replace(f"{line}\n", "", 1)


REFUSED: dict[str, tuple[Example, str]] = {
    "a line far away lost": (replace(PYTHON, merged=_without(PYTHON.merged, "import os")), "uncovered-removal"),
    "a comment lost": (replace(PYTHON, merged=_without(PYTHON.merged, "# What a cart costs.")), "uncovered-removal"),
    "a kept line beside the edit lost": (
        replace(TWO_PLACES, merged=_without(TWO_PLACES.merged, "function connect(host) {")),
        "uncovered-removal",
    ),
    "the tail cut off": (replace(PYTHON, merged=PYTHON.merged[: PYTHON.merged.index("def show")]), "uncovered-removal"),
    "a line invented": (replace(PYTHON, merged=PYTHON.merged + "print(1)\n"), "invented"),
    "a token flipped": (replace(PYTHON, merged=PYTHON.merged.replace("RATE = 0.2", "RATE = 0.3")), "invented"),
    "a line doubled": (
        replace(GO, merged=GO.merged.replace("// Get reads one.\n", "// Get reads one.\n// Get reads one.\n")),
        "doubled-line",
    ),
    "the edit doubled": (
        replace(TYPESCRIPT, merged=TYPESCRIPT.merged.replace(
            "    return this.items[0]\n", "    return this.items[0]\n    return this.items[0]\n"
        )),
        "doubled-line",
    ),
    "one of two edits lost": (
        replace(TWO_PLACES, merged=TWO_PLACES.merged.replace("close, retries }", "close }")),
        "lost-edit",
    ),
    "the edit misplaced": (
        replace(TYPESCRIPT, merged=TYPESCRIPT.base.replace(
            "export function create() {",
            "  peek(): T | undefined {\n    return this.items[0]\n  }\n\nexport function create() {",
        )),
        "torn-segment",
    ),
    "old and new both kept": (
        replace(YAML, merged=YAML.merged.replace("    path: /ready\n", "    path: /live\n    path: /ready\n")),
        "torn-segment",
    ),
    "a deletion not done": (replace(RUBY_DELETION, merged=RUBY_DELETION.base + "\n"), "torn-segment"),
    "kept code re-indented": (
        replace(GO, merged=GO.merged.replace("\treturn value", "\t\treturn value")), "indentation"
    ),
    "new code re-indented": (
        replace(TYPESCRIPT, merged=TYPESCRIPT.merged.replace("    return this.items[0]", "  return this.items[0]")),
        "indentation",
    ),
    "a marker leaked": (
        replace(PYTHON, merged=PYTHON.merged.replace("def show", "# ... existing code ...\ndef show")),
        "leaked-marker",
    ),
    "a marker in another comment style leaked": (
        replace(PYTHON, merged=PYTHON.merged + "<!-- rest of the file unchanged -->\n"),
        "leaked-marker",
    ),
    "a block comment marker leaked": (
        replace(TYPESCRIPT, merged=TYPESCRIPT.merged + "/* ... existing code ... */\n"),
        "leaked-marker",
    ),
    "emptied": (replace(PYTHON, merged="\n"), "emptied"),
    "fences round it": (replace(PYTHON, merged=f"```python\n{PYTHON.merged}```\n"), "wrapped"),
    "tags round it": (replace(PYTHON, merged=f"<updated-code>\n{PYTHON.merged}</updated-code>\n"), "wrapped"),
    "reasoning in front": (replace(PYTHON, merged=f"<think>\nhm\n</think>\n{PYTHON.merged}"), "wrapped"),
    "nothing changed": (replace(PYTHON, merged=PYTHON.base), "no-change"),
    "CRLF for LF": (replace(PYTHON, merged=PYTHON.merged.replace("\n", "\r\n")), "line-endings"),
    "LF for CRLF": (
        replace(PYTHON, base=PYTHON.base.replace("\n", "\r\n"), merged=PYTHON.merged),
        "line-endings",
    ),
    "endings moved in a mixed file": (
        replace(PYTHON, base=PYTHON.base.replace("import math\n", "import math\r\n"),
                merged=PYTHON.merged.replace("import os\n", "import os\r\n")),
        "line-endings",
    ),
    "a byte order mark added": (replace(PYTHON, merged="\ufeff" + PYTHON.merged), "bom"),
    "a byte order mark lost": (replace(PYTHON, base="\ufeff" + PYTHON.base), "bom"),
    "the final newline lost": (replace(PYTHON, merged=PYTHON.merged.rstrip("\n")), "final-newline"),
    "a final newline added": (replace(PYTHON, base=PYTHON.base.rstrip("\n")), "final-newline"),
    "the snippet put in place of the file": (
        replace(NO_EDGES, merged=NO_EDGES.snippet, base=NO_EDGES.base), "snippet-as-file"
    ),
    "a snippet of markers alone": (replace(PYTHON, snippet="# ... existing code ...\n"), "no-snippet"),
    "blank lines added to kept code": (
        replace(PYTHON, merged=PYTHON.merged.replace("    print(net(items))\n", "    print(net(items))\n\n")),
        "blank-lines",
    ),
    "kept lines swapped": (
        replace(PYTHON, merged=PYTHON.merged.replace("import math\nimport os\n", "import os\nimport math\n")),
        "moved-lines",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("it", "rule"), REFUSED.values(), ids=REFUSED)
def test_what_contradicts_the_snippet_is_refused_by_its_rule(it: Example, rule: str) -> None:
    judgement = alone(it)
    assert judgement.verdict == Verdict.REFUSED
    assert rule in rules(judgement)


@pytest.mark.parametrize(("it", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_second_opinion_cannot_save_what_is_refused(it: Example, rule: str) -> None:
    base, merged = Document.from_text(it.base), Document.from_text(it.merged)
    judgement = verify(base, it.snippet, merged, it.path)
    assert judgement.verdict == Verdict.REFUSED
    assert rule in rules(judgement)


def test_doubts_are_sentences_that_name_lines() -> None:
    it = replace(PYTHON, merged=_without(PYTHON.merged, "import os"))
    (doubt,) = alone(it).doubts
    assert doubt.message == 'line 2 is gone from the original, and no segment covers that: "import os"'


TWINS = example(
    "t/test_all.py",
    """\
    def test_one():
        client = make()
        reply = client.get("/one")
        assert reply.ok


    def test_two():
        client = make()
        reply = client.get("/two")
        assert reply.ok
    """,
    """\
    # ... existing code ...
        client = make()
        client.login()
    # ... existing code ...
    """,
    """\
    def test_one():
        client = make()
        client.login()
        reply = client.get("/one")
        assert reply.ok


    def test_two():
        client = make()
        reply = client.get("/two")
        assert reply.ok
    """,
)

INSERT_OR_REPLACE = example(
    "app.css",
    """\
    .box {
      color: red;
      margin-left: 10px;
      padding: 1px;
    }
    """,
    """\
    /* ... */
      color: red;
      margin-left: 12px;
    /* ... */
    """,
    """\
    .box {
      color: red;
      margin-left: 12px;
      margin-left: 10px;
      padding: 1px;
    }
    """,
)


@pytest.mark.parametrize(
    ("it", "rule"),
    [(TWINS, "rival"), (INSERT_OR_REPLACE, "extent")],
    ids=["twin places", "old form kept behind the new"],
)
def test_a_merge_that_is_one_reading_of_several_is_unproven_and_names_the_other(it: Example, rule: str) -> None:
    judgement = alone(it)
    assert judgement.verdict == Verdict.UNPROVEN
    assert rules(judgement) == {rule}
    assert "could as well" in judgement.doubts[0].message


def test_the_line_range_of_the_request_decides_between_twins() -> None:
    assert alone(TWINS, Hints(lines=LineRange(1, 4))).verdict == Verdict.VERIFIED
    assert alone(TWINS, Hints(lines=LineRange(8, 9))).verdict == Verdict.UNPROVEN


def test_a_definition_that_the_instruction_names_decides_between_twins() -> None:
    assert alone(TWINS, Hints(instruction="log in first in `test_one`")).verdict == Verdict.VERIFIED
    assert alone(TWINS, Hints(instruction="log in first in `test_two`")).verdict == Verdict.UNPROVEN


def test_broken_syntax_in_a_language_with_a_sure_parser_is_refused() -> None:
    it = replace(
        PYTHON,
        snippet="# ...\ndef gross(items):\n    return net(items) * (1 + RATE\n# ...\n",
        merged=PYTHON.base.replace("(1 + RATE)", "(1 + RATE"),
    )
    assert "syntax" in rules(alone(it))
    assert alone(it).verdict == Verdict.REFUSED


def test_a_result_that_its_parser_cannot_bear_is_doubted() -> None:
    endless = "-->" * 5_000
    it = replace(
        PYTHON,
        snippet=f"# ...\ndef gross(items):\n    return net(items) * (1 + RATE {endless})\n# ...\n",
        merged=PYTHON.base.replace("(1 + RATE)", f"(1 + RATE {endless})"),
    )
    assert "syntax" in rules(alone(it))
    assert alone(it).verdict != Verdict.VERIFIED


def test_a_file_that_did_not_parse_before_may_be_edited() -> None:
    it = replace(PYTHON, base=PYTHON.base + "def broken(:\n", merged=PYTHON.merged + "def broken(:\n")
    assert alone(it).verdict == Verdict.VERIFIED


def test_a_definition_that_stands_twice_is_doubted() -> None:
    it = replace(
        PYTHON,
        snippet="# ...\n        total += item.price\n    return total\n\n\ndef gross(items):\n    return 0\n# ...\n",
        merged=PYTHON.base.replace("    return total\n", "    return total\n\n\ndef gross(items):\n    return 0\n"),
    )
    assert "doubled-definition" in rules(alone(it))
    assert alone(it).verdict == Verdict.UNPROVEN


def test_an_import_that_stands_twice_is_doubted_where_it_is_one_scope() -> None:
    base = "import os\n\n\ndef load():\n    return os.sep\n"
    top = "import os\n\nimport os\n\n\ndef load():\n    return os.sep\n"
    inside = "import os\n\n\ndef load():\n    import os\n\n    return os.sep\n"
    behind = "import os\n\n\ndef load():\n    return os.sep\nimport os\n"
    for merged, found in ((top, True), (inside, False), (behind, True)):
        judged = judge_local(Document.from_text(base), merged, Document.from_text(merged), "a.py", NO_HINTS)
        assert ("doubled-import" in rules(judged)) is found


def test_a_marker_that_closes_the_block_while_its_old_body_stays_is_doubted() -> None:
    it = replace(
        PYTHON,
        snippet="# ...\ndef gross(items):\n    return 1.2 * sum(map(price_of, items))\n# ...\n",
        merged=PYTHON.base.replace(
            "def gross(items):\n", "def gross(items):\n    return 1.2 * sum(map(price_of, items))\n"
        ),
    )
    judgement = alone(it)
    assert judgement.verdict == Verdict.UNPROVEN
    assert "open-block" in rules(judgement)


def test_a_snippet_that_ends_a_few_lines_before_the_file_without_a_marker_is_doubted() -> None:
    it = replace(
        PYTHON,
        snippet="# ...\ndef gross(items):\n    return net(items) * (1 + RATE) + FEE\n",
        merged=PYTHON.base.replace("(1 + RATE)", "(1 + RATE) + FEE"),
    )
    judgement = alone(it)
    assert judgement.verdict == Verdict.UNPROVEN
    assert rules(judgement) == {"open-end"}


def test_a_marker_that_the_original_has_itself_is_no_leak() -> None:
    own = "# ... existing code ...\n"
    it = replace(PYTHON, base=own + PYTHON.base, merged=own + PYTHON.merged)
    assert "leaked-marker" not in rules(alone(it))


JUDGED = """
from support.judged import TRUE
from bot.text import Document
from bot.verify import verify
for it in TRUE.values():
    for merged in (it.merged, it.merged[: it.merged.rindex("\\n", 0, -1) + 1]):
        print(verify(Document.from_text(it.base), it.snippet, Document.from_text(merged), it.path))
"""


def test_verify_gives_the_same_judgement_in_every_process() -> None:
    said = set()
    for seed in ("1", "2", "3"):  # a set has another order in each
        environ = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", JUDGED], env=environ, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    (one,) = said
    assert one.count("VERIFIED") >= len(TRUE) < one.count("Judgement(")
    assert "REFUSED" in one


def test_a_context_line_with_its_punctuation_misquoted_is_doubted_not_refused() -> None:
    it = replace(TYPESCRIPT, snippet=TYPESCRIPT.snippet.replace("this.items.push(item)", "this.items.push(item);"))
    judgement = alone(it)
    assert judgement.verdict == Verdict.UNPROVEN
    assert rules(judgement) == {"misquoted"}


def _engine(lines: tuple[str, ...], verdict: Verdict) -> Callable[[Sequence[str], str, str, Hints], Merged]:
    return lambda _base, _snippet, _path, _hints: Merged(lines, verdict)


def _judged(it: Example, engine: Callable[[Sequence[str], str, str, Hints], Merged]) -> Judgement:
    base, merged = Document.from_text(it.base), Document.from_text(it.merged)
    return judge(base, it.snippet, merged, it.path, NO_HINTS, engine=engine)


def test_an_engine_that_proves_the_same_merge_answers_the_doubts() -> None:
    same = Document.from_text(TWINS.merged).lines
    assert _judged(TWINS, _engine(same, Verdict.VERIFIED)).verdict == Verdict.VERIFIED
    assert _judged(TWINS, _engine(same, Verdict.UNPROVEN)).verdict == Verdict.UNPROVEN


def test_an_engine_that_proves_another_merge_makes_a_verified_one_unproven() -> None:
    other = Document.from_text(PYTHON.merged + "x = 1\n").lines
    judgement = _judged(PYTHON, _engine(other, Verdict.VERIFIED))
    assert judgement.verdict == Verdict.UNPROVEN
    assert rules(judgement) == {"engines-differ"}
    assert _judged(PYTHON, _engine(other, Verdict.UNPROVEN)).verdict == Verdict.VERIFIED


def test_an_engine_that_declines_changes_nothing() -> None:
    def declining(_base: Sequence[str], _snippet: str, _path: str, _hints: Hints) -> Merged:
        raise Refusal(Code.AMBIGUOUS, "two places")

    assert _judged(PYTHON, declining).verdict == Verdict.VERIFIED
    assert _judged(TWINS, declining).verdict == Verdict.UNPROVEN


CLIMB_BASE = "function total(items) {\n  let sum = 0;\n  for (const item of items) {\n    sum += item.price;\n  }\n}\n"


@pytest.mark.parametrize(
    ("new", "rule"),
    [("function sumOf(items) {", "replaced-depth"), ("  function sumOf(items) {", "replaced-kind")],
)
def test_a_line_of_another_kind_or_depth_does_not_take_a_lines_place(new: str, rule: str) -> None:
    merged = CLIMB_BASE.replace("  for (const item of items) {", new)
    snippet = f"// ... existing code ...\n  let sum = 0;\n{new}\n    sum += item.price;\n// ... existing code ...\n"
    judgement = verify(Document.from_text(CLIMB_BASE), snippet, Document.from_text(merged), "a.txt")
    assert judgement.verdict is Verdict.UNPROVEN
    assert rule in rules(judgement)


STRAY_BASE = """\
import os


def load(path):
    # read it
    with open(path) as f:
        return f.read()


def save(path):
    pass
"""
STRAY_SNIPPET = """\
# ... existing code ...


def load(path):
    # read it all
    with open(path) as f:
# ... existing code ...
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\n" + text,
        lambda text: text + "\n",
        lambda text: text + "\x0c\n",
        lambda text: text.replace("it all", "it all\u00a0"),
        lambda text: text.replace("it all", "it all\u3000"),
        lambda text: text.replace("it all", "it all\t "),
    ],
    ids=["blank head", "blank end", "form feed", "no-break space", "wide space", "tab"],
)
def test_white_space_that_nobody_asked_for_is_not_verified(change: Callable[[str], str]) -> None:
    merged = STRAY_BASE.replace("# read it", "# read it all")
    document = Document.from_text(STRAY_BASE)
    assert verify(document, STRAY_SNIPPET, Document.from_text(merged), "a.py").verdict is Verdict.VERIFIED
    assert verify(document, STRAY_SNIPPET, Document.from_text(change(merged)), "a.py").verdict is Verdict.REFUSED


HEAD = "#!/bin/sh\nset -e\n\necho one\n\necho two\nrest\n"
HEAD_SNIPPET = "#!/bin/sh\nset -e\n\necho one\necho new\n\necho two\n# ... existing code ...\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\n" + text,
        lambda text: text.replace("\n\necho one", "\n\u00a0\necho one"),
        lambda text: text.replace("\n\necho two", "\n\u3000\necho two"),
        lambda text: text.replace("\n\necho two", "\n\x0c\necho two"),
        lambda text: text.replace("\n\necho two", "\n  \necho two"),
    ],
    ids=["blank line above the first", "no-break space", "wide space", "form feed", "blanks"],
)
def test_a_blank_line_is_as_the_file_or_the_snippet_has_it_also_in_a_segment(change: Callable[[str], str]) -> None:
    document, merged = Document.from_text(HEAD), HEAD.replace("echo one\n", "echo one\necho new\n")
    assert verify(document, HEAD_SNIPPET, Document.from_text(merged), "a.sh").verdict is Verdict.VERIFIED
    assert verify(document, HEAD_SNIPPET, Document.from_text(change(merged)), "a.sh").verdict is Verdict.REFUSED


def test_white_space_in_a_blank_line_stays_where_file_or_snippet_has_it() -> None:
    base, snippet = HEAD.replace("\n\necho one", "\n \necho one"), HEAD_SNIPPET.replace("new\n\n", "new\n\t\n")
    for blank in ("\n\n", "\n \n", "\n\t\n"):
        merged = base.replace("echo one\n\n", f"echo one\necho new{blank}")
        assert verify(Document.from_text(base), snippet, Document.from_text(merged), "a.sh").verdict is Verdict.VERIFIED


def test_of_two_twins_an_end_of_the_file_tells_none_apart() -> None:
    half = "    def get(self, key):\n        row = self.db.find(key)\n        return row\n"
    base = Document.from_text(f"class Users:\n{half}\n\nclass Orders:\n{half}")
    snippet = half.replace("        return", "        check(row)\n        return")
    merged = Document.from_text(f"class Users:\n{half}\n\nclass Orders:\n{snippet}")
    assert verify(base, snippet, merged, "shop.py").verdict is Verdict.UNPROVEN


def test_a_new_text_may_end_with_a_fence_of_its_own_and_not_be_wrapped_in_one() -> None:
    nothing = Document.from_text("")
    readme = "# Shop\n\n```sh\nstetbot doctor\n```\n"
    assert verify_exact(nothing, Document.from_text(readme), "README.md").verdict is Verdict.VERIFIED
    wrapped = "```python\nprint(1)\n```\n"
    assert verify_exact(nothing, Document.from_text(wrapped), "a.py").verdict is Verdict.REFUSED


def test_a_line_that_the_snippet_moves_to_another_depth_and_that_stayed_is_doubted() -> None:
    base = "def f(a):\n    if a:\n        one(a)\n        two(a)\n    return a\n"
    snippet = "def f(a):\n    if a:\n        one(a, 1)\n    two(a)\n    return a\n"
    stayed = base.replace("one(a)", "one(a, 1)")
    found = judge(Document.from_text(base), snippet, Document.from_text(stayed), "a.py", Hints(), engine=None)
    assert found.verdict is Verdict.UNPROVEN
    assert "indentation" in rules(found)


STEPS = Example(
    "Beds.java",
    """\
class Beds {
    @Override
    public void water(Bed bed) {
        if (bed.dry) {
            pump.open(bed);
        }
    }
}
""",
    """\
  @Override
  public void water(Bed bed) {
    log(bed);
    if (bed.dry) {
      pump.open(bed);
    }
  // ... existing code ...
""",
    """\
class Beds {
    @Override
    public void water(Bed bed) {
        log(bed);
        if (bed.dry) {
            pump.open(bed);
        }
    }
}
""",
)


def test_a_segment_in_other_steps_stands_in_those_of_the_file() -> None:
    assert "indentation" not in rules(alone(STEPS))
    off = replace(STEPS, merged=STEPS.merged.replace("        log(bed);", "          log(bed);"))
    assert "indentation" in rules(alone(off))


def test_a_new_line_at_another_step_than_its_block_may_be_meant_otherwise() -> None:
    base = "def water(bed):\n  bed.open()\n  bed.close()\n"
    snippet = "def water(bed):\n      log(bed)\n      bed.open(2)\n  # ...\n"
    merged = "def water(bed):\n      log(bed)\n      bed.open(2)\n  bed.close()\n"
    assert "indentation" in rules(alone(Example("bed.py", base, snippet, merged)))


def test_the_end_of_a_block_that_is_off_by_a_column_was_misquoted() -> None:
    base = "<ul>\n  <li>rake</li>\n</ul>\n<p>tools</p>\n"
    snippet = "<ul>\n  <li>rake</li>\n  <li>spade</li>\n </ul>\n<p>tools</p>\n"
    merged = "<ul>\n  <li>rake</li>\n  <li>spade</li>\n</ul>\n<p>tools</p>\n"
    assert "indentation" not in rules(alone(Example("tools.html", base, snippet, merged)))


def test_a_comment_that_stays_in_a_block_is_no_loss() -> None:
    base = "jobs:\n  test:\n    sizes: [1, 2]\n    # As the farm has them.\n\n  lint:\n    size: 1\n"
    snippet = "jobs:\n  test:\n    sizes: [1, 2, 3]\n# ... rest of the workflow ...\n"
    merged = base.replace("[1, 2]", "[1, 2, 3]")
    assert "open-block" not in rules(alone(Example("ci.yml", base, snippet, merged)))


def test_a_dialect_is_not_held_against_the_grammar_of_its_kin() -> None:
    base = "alias ll='ls -l'\nfind_it() {\n  grep $1\n}\n"
    snippet = "find_it() {\n  if (( $+commands[rg] )); then\n    rg $1\n  else\n    grep $1\n  fi\n}\n"
    merged = "alias ll='ls -l'\n" + snippet
    assert "syntax" not in rules(alone(Example("find.plugin.zsh", base, snippet, merged)))


PUSHED = Example(
    "Beds.java",
    """\
class Beds {
    void water(Bed bed) {
        String name = bed.name();
        pump.open(
            bed);
        String done = name;
    }
}
""",
    """\
String name = bed.name();
if (bed.dry) {
    pump.open(
        bed);
}
String done = name;
// ... rest of the method
""",
    """\
class Beds {
    void water(Bed bed) {
        String name = bed.name();
        if (bed.dry) {
            pump.open(
                bed);
        }
        String done = name;
    }
}
""",
)


def test_lines_that_move_in_a_segment_that_is_shifted_stand_as_far_in_as_it_does() -> None:
    assert "indentation" not in rules(alone(PUSHED))
    left = replace(PUSHED, merged=PUSHED.merged.replace("            pump.open(\n", "        pump.open(\n"))
    assert "indentation" in rules(alone(left))


TABBED = Example(
    "bed.js",
    "class Bed {\n\twater() {\n\t\tthis.pump();\n\t}\n}\n",
    "  water() {\n    return this\n      .pump();\n  }\n",
    "class Bed {\n\twater() {\n\t\treturn this\n\t\t\t.pump();\n\t}\n}\n",
)
CUT_OFF = Example(
    "sheet.ts",
    "const sheet = make({\n  web: {\n    color: 'white',\n  },\n});\n",
    "// ... existing code ...\nweb: {\n  color: 'white',\n},\nflex: {\n  align: 'start',\n},\n});\n",
    "const sheet = make({\n  web: {\n    color: 'white',\n  },\n  flex: {\n    align: 'start',\n  },\n});\n",
)
FLAT = Example(
    "garden.toml",
    '[tool]\nneeds = [\n    "black==1",\n    "build>=2",\n    "mypy>=3",\n    "ruff>=4",\n    "tox>=5",\n]\n',
    '[tool]\nneeds = [\n"black==2",\n# ...\n"mypy>=3",\n"ruff>=5",\n"tox>=5",\n# ...\n',
    '[tool]\nneeds = [\n    "black==2",\n    "build>=2",\n    "mypy>=3",\n    "ruff>=5",\n    "tox>=5",\n]\n',
)
ADRIFT = Example(
    "compose.yml",
    "services:\n  web:\n    image: a\n  db:\n    image: b\n",
    "web:\n  # ... existing code ...\n  restart: always\n# ... existing code ...\n",
    "services:\n  web:\n    image: a\n    restart: always\n  db:\n    image: b\n",
)


@pytest.mark.parametrize("it", [TABBED, CUT_OFF, FLAT, ADRIFT], ids=["tabbed", "cut-off", "flat", "adrift"])
def test_depth_that_was_lost_on_the_way_is_given_back(it: Example) -> None:
    assert "indentation" not in rules(alone(it))
    lines = it.merged.split("\n")
    at = next(at for at, line in enumerate(lines) if line not in it.base.split("\n"))
    off = "\n".join([*lines[:at], f"   {lines[at]}", *lines[at + 1 :]])
    assert "indentation" in rules(alone(replace(it, merged=off)))


SCHEMA = example(
    "schema.yaml",
    """\
    type: object
    required:
      - action
      - kernel_id
    properties:
      kernel_id:
        type: string
        description: The kernel that is asked.
    """,
    """\
    # ... existing code ...
      kernel_id:
        type: string
        description: The kernel that is asked.
    then:
      required:
        - kernel_id
    """,
    """\
    type: object
    required:
      - action
      - kernel_id
    properties:
      kernel_id:
        type: string
        description: The kernel that is asked.
    then:
      required:
        - kernel_id
    """,
)


def test_a_known_line_at_an_edge_is_answered_for_by_the_weighing_where_nothing_else_is_asked() -> None:
    assert rules(alone(SCHEMA)) == {"loose-edge"}
    base, merged = Document.from_text(SCHEMA.base), Document.from_text(SCHEMA.merged)
    assert judge_local(base, SCHEMA.snippet, merged, SCHEMA.path, NO_HINTS).verdict is Verdict.VERIFIED
