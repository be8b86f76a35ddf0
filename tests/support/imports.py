"""What the modules of a package import, read from their source: nothing is executed."""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class When(enum.Enum):
    """When an import statement runs."""

    LOADING = "when the module is imported"
    CALLED = "when a function is called"
    NEVER = "under TYPE_CHECKING"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `target` is the module, or the module and the name taken from it (`pathlib.Path`)."""

    target: str
    line: int
    when: When

    @property
    def top(self) -> str:
        return self.target.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the package: its dotted name, its file, its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def imports(self) -> tuple[Import, ...]:
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        return tuple(_imports(self.tree, package, When.LOADING))


def modules_of(package: Path) -> tuple[Module, ...]:
    """Every module under the folder `package`, sorted by name."""
    found = []
    for path in package.rglob("*.py"):
        inside = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(inside[:-1] if inside[-1] == "__init__" else inside)
        found.append(Module(name, path, ast.parse(path.read_bytes(), str(path))))
    return tuple(sorted(found, key=lambda module: module.name))


def cycle_in(graph: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """A cycle of `graph` as the names along it, first name repeated at the end; empty if there is none."""
    done: set[str] = set()

    def visit(node: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if node in above:
            return (*above[above.index(node) :], node)
        if node in done:
            return ()
        for target in sorted(graph.get(node, frozenset())):
            if cycle := visit(target, (*above, node)):
                return cycle
        done.add(node)
        return ()

    return next((cycle for node in sorted(graph) if (cycle := visit(node, ()))), ())


def _imports(node: ast.AST, package: str, when: When) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                yield from (Import(alias.name, child.lineno, when) for alias in child.names)
            case ast.ImportFrom():
                source = _absolute(child, package)
                yield from (Import(f"{source}.{alias.name}", child.lineno, when) for alias in child.names)
            case ast.If() if _is_type_checking(child.test):
                for statement in child.body:
                    yield from _imports(ast.Module([statement], []), package, When.NEVER)
                for statement in child.orelse:
                    yield from _imports(ast.Module([statement], []), package, when)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _imports(child, package, When.CALLED if when is When.LOADING else when)
            case ast.Call(
                func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(name)],
            ):
                yield Import(str(name), child.lineno, when)
            case _:
                yield from _imports(child, package, when)


def _absolute(statement: ast.ImportFrom, package: str) -> str:
    if not statement.level:
        return statement.module or ""
    base = package.split(".")
    base = base[: len(base) - statement.level + 1]
    return ".".join([*base, statement.module] if statement.module else base)


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False
