"""The reader that the floors are measured with: a test that reads nothing would keep no floor."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from support.imports import Import, When, cycle_in, modules_of

if TYPE_CHECKING:
    from pathlib import Path


def test_it_tells_when_an_import_runs_and_resolves_relative_ones(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    (package / "sub").mkdir(parents=True)
    (package / "__init__.py").write_text("from .sub import thing\n")
    source = """
        import os.path, re as regex
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import httpx
        else:
            from ..other import name
        class Holder:
            import json
            def method(self):
                from git import Repo
                import_module("yaml")
        handler = lambda: __import__("unidiff")
    """
    (package / "sub" / "thing.py").write_text(dedent(source))
    top, thing = modules_of(package)
    assert (top.name, thing.name) == ("pkg", "pkg.sub.thing")
    assert top.imports == (Import("pkg.sub.thing", 1, When.LOADING),)
    assert [(found.target, found.when) for found in thing.imports] == [
        ("os.path", When.LOADING),
        ("re", When.LOADING),
        ("typing.TYPE_CHECKING", When.LOADING),
        ("httpx", When.NEVER),
        ("pkg.other.name", When.LOADING),
        ("json", When.LOADING),
        ("git.Repo", When.CALLED),
        ("yaml", When.CALLED),
        ("unidiff", When.CALLED),
    ]


def test_a_cycle_is_named_along_its_way_and_a_diamond_is_none() -> None:
    diamond = {"a": frozenset({"b", "c"}), "b": frozenset({"d"}), "c": frozenset({"d"})}
    assert cycle_in(diamond) == ()
    assert cycle_in({**diamond, "d": frozenset({"b"})}) == ("b", "d", "b")
