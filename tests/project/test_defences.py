"""bench/defences.py takes out what is there: each text that it replaces stands in the source, each test exists."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from support.checkout import ROOT

if TYPE_CHECKING:
    from types import ModuleType


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("defences", ROOT / "bench" / "defences.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_defence_stands_where_the_script_takes_it_from() -> None:
    assert script().missing() == []


def test_every_test_that_it_names_exists() -> None:
    defences: Any = script().DEFENCES
    assert len(defences) > 40
    for each in defences:
        file, _, name = each.test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8"), each.test
