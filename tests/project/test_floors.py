"""The floors of `bot/`: imports go downward only, pure code touches nothing, heavy libraries load when they are used.

The tables below are the rule. A new module at the top of `bot/` is put on its floor here, in the commit that adds it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import pairwise

import pytest
from support.checkout import ROOT
from support.imports import Import, Module, When, cycle_in, modules_of

# From the ground up. The pipeline stands beside the hands: it gets network, disk and git as arguments.
FLOORS = {
    "words": ("asks", "errors", "model", "outcomes", "text"),
    "pure": (
        "chat",
        "diffs",
        "elements",
        "entries",
        "hidden",
        "json_node",
        "leftovers",
        "merging",
        "message",
        "paths",
        "placing",
        "planning",
        "report",
        "requests",
        "retry",
        "review",
        "secrets",
        "settings",
        "syntax",
        "verify",
    ),
    "pipeline": ("pipeline", "single"),
    "hands": ("files", "http", "parallel", "repo"),
    "services": ("catalogue", "chat_client", "github", "morph", "pacing", "planner", "probe"),
    "assembly": ("app", "asked", "checking", "configuration", "pull_request", "workplace", "written"),
    "doors": ("action", "cli", "hook"),
}
# The floors that a floor may use. Where its own is among them, its packages may use each other, without a cycle.
MAY_IMPORT = {
    "words": {"words"},
    "pure": {"words", "pure"},
    "pipeline": {"words", "pure", "pipeline"},
    "hands": {"words", "pure"},
    "services": {"words", "pure", "hands", "services"},
    "assembly": {"words", "pure", "pipeline", "hands", "services", "assembly"},
    "doors": {"words", "pure", "pipeline", "hands", "services", "assembly"},
}
# What code without side effects has no use for.
OUTSIDE_WORLD = {
    "asyncio", "concurrent", "ctypes", "glob", "http", "io", "logging", "multiprocessing", "os", "platform", "random",
    "secrets", "select", "shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile", "time", "uuid",
}  # fmt: skip
OUTSIDE_NAMES = ("pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "urllib.request")
OUTSIDE_CALLS = {"breakpoint", "exec", "input", "open", "print"}
PURE_FLOORS = {"words", "pure", "pipeline"}

# Each library that is slow to import, or that reaches out, and the packages that may use it.
OWNERS = {
    "git": {"repo"},
    "httpx": {"http"},
    "markdown_it": {"requests"},
    "rapidfuzz": set(FLOORS["pure"]),
    "tree_sitter": {"syntax"},
    "unidiff": {"diffs"},
    "yaml": {"requests", "syntax"},
}
DOORS_ONLY = {"click"}

MODULES = modules_of(ROOT / "bot")
FLOOR_OF = {package: floor for floor, packages in FLOORS.items() for package in packages}


def package_of(name: str) -> str:
    """`merging` for `bot.merging.align`; "" for `bot` itself."""
    return name.removeprefix("bot").removeprefix(".").partition(".")[0]


def own_imports(module: Module) -> list[tuple[Import, str]]:
    """The imports of our own modules, each with the package that it comes from ("" for `bot` itself)."""
    return [(found, package_of(found.target)) for found in module.imports if found.top == "bot"]


def place(module: Module, line: int) -> str:
    return f"{module.path.relative_to(ROOT).as_posix()}:{line}"


def test_every_module_stands_on_a_floor() -> None:
    packages = {package_of(module.name) for module in MODULES} - {""}
    assert packages, "no module found: the tests below would prove nothing"
    assert packages - set(FLOOR_OF) == set(), "say in FLOORS where these belong"


def test_imports_go_downward_only() -> None:
    wrong = []
    for module in MODULES:
        package = package_of(module.name)
        for found, target in own_imports(module):
            if target == package or found.target in {"bot", "bot.__version__"}:
                continue
            here, there = FLOOR_OF.get(package, "no floor"), FLOOR_OF.get(target, "no floor")
            if there not in MAY_IMPORT.get(here, set()):
                wrong.append(f"{place(module, found.line)}: {package} ({here}) imports {target} ({there})")
    assert wrong == []


@pytest.mark.parametrize("whens", [{When.LOADING}, {When.LOADING, When.CALLED}], ids=["loading", "running"])
def test_the_import_graph_has_no_cycle(whens: set[When]) -> None:
    names = {module.name for module in MODULES}
    graph = {
        module.name: frozenset(
            target
            for found, _ in own_imports(module)
            if found.when in whens
            for target in (found.target, found.target.rpartition(".")[0])
            # `from bot.syntax import trees` inside the package asks for the sibling, not for the package's own names.
            if target in names and not module.name.startswith(f"{target}.") and target != module.name
        )
        for module in MODULES
    }
    assert cycle_in(graph) == ()


def test_pure_floors_know_nothing_outside_of_them() -> None:
    wrong = []
    for module in MODULES:
        if FLOOR_OF.get(package_of(module.name)) not in PURE_FLOORS:
            continue
        wrong += [
            f"{place(module, found.line)}: {found.target}"
            for found in module.imports
            if found.top in OUTSIDE_WORLD
            or found.target == "pathlib"
            or found.target.startswith(("pathlib.Path", "urllib.request"))
        ]
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Name(name)) if name in OUTSIDE_CALLS:
                    wrong.append(f"{place(module, node.lineno)}: {name}()")
                case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today")):
                    wrong.append(f"{place(module, node.lineno)}: asks for the time")
                case ast.Attribute(attr="splitlines"):
                    wrong.append(f"{place(module, node.lineno)}: splitlines() also splits at form feeds and U+2028")
    assert wrong == []


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_a_heavy_library_has_few_owners_and_loads_when_it_is_used(library: str) -> None:
    wrong = []
    for module in MODULES:
        for found in module.imports:
            if found.top != library and not (library == "tree_sitter" and found.top.startswith("tree_sitter_")):
                continue
            if package_of(module.name) not in OWNERS[library]:
                wrong.append(f"{place(module, found.line)}: {library} belongs to {sorted(OWNERS[library])}")
            if found.when is When.LOADING:
                wrong.append(f"{place(module, found.line)}: {library} is imported {found.when.value}")
    assert wrong == []


def test_only_doors_know_the_command_line() -> None:
    wrong = [
        f"{place(module, found.line)}: {found.target}"
        for module in MODULES
        if FLOOR_OF.get(package_of(module.name)) != "doors"
        for found in module.imports
        if found.top in DOORS_ONLY | {"argparse"}
    ]
    assert wrong == []


def test_importing_any_module_loads_no_heavy_library() -> None:
    script = (
        "import importlib, sys\n"
        "heavy, names = sys.argv[1].split(','), sys.argv[2].split(',')\n"
        "seen = set()\n"
        "for name in names:\n"
        "    importlib.import_module(name)\n"
        "    loaded = {lib for lib in heavy if lib in sys.modules} - seen\n"
        "    seen |= loaded\n"
        "    for lib in sorted(loaded): print(f'{name} loads {lib}')\n"
    )
    names = [module.name for module in MODULES if not module.name.endswith("__main__")]
    command = [sys.executable, "-I", "-c", script, ",".join(OWNERS), ",".join(names)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert ran.stderr == ""
    assert ran.stdout == ""


def test_the_floors_are_told_apart_as_drawn() -> None:
    order = list(FLOORS)
    assert list(MAY_IMPORT) == order
    for lower, upper in pairwise(order):
        assert upper not in MAY_IMPORT[lower]
    assert "hands" not in MAY_IMPORT["pipeline"]
    assert len(FLOOR_OF) == sum(len(packages) for packages in FLOORS.values()), "a package stands on two floors"
