"""The locked requirements: they cover pyproject.toml, every package has hashes, and no address stands in them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.checkout import ROOT, pyproject, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(
    r"(?P<pin>[a-z0-9-]+==[^ ;]+)(?P<marker> ; [^\\]+)?(?P<hashes>( \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


# The groups whose lock has another name.
LOCK_OF = {"build": "action"}


def locked(name: str) -> dict[str, Version]:
    """The packages of `requirements/<name>.txt` with their versions."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = (match["pin"].split("==") for match in PINNED.finditer(text))
    return {package: Version(version) for package, version in pins}


def wanted(*groups: str) -> list[Requirement]:
    found = [Requirement(entry) for group in groups for entry in pyproject()["dependency-groups"][group]]
    assert found
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_made_of_exact_versions_with_hashes_and_nothing_else(lock: Path) -> None:
    text = re.sub(r"^ *#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert PINNED.search(text), "an empty lock locks nothing"
    assert PINNED.sub("", text) == ""


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / ".ci" / "package-lock.json"], ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert (
        re.findall(r"(?i)\b[a-z+]+://\S+|--(?:extra-)?index-url|--find-links|\bresolved\b", lock.read_text("utf-8"))
        == []
    )


def test_node_packages_are_locked_by_hash() -> None:
    lock = json.loads((ROOT / ".ci" / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    manifest = json.loads((ROOT / ".ci" / "package.json").read_text("utf-8"))
    assert {name.removeprefix("node_modules/"): entry["version"] for name, entry in packages.items()}.items() >= (
        manifest["dependencies"].items()
    )


@pytest.mark.parametrize("name", ["test", "lint", "audit", "build"])
def test_the_locks_cover_what_pyproject_wants(name: str) -> None:
    runtime = [Requirement(entry) for entry in pyproject()["project"]["dependencies"]]
    pins = locked(LOCK_OF.get(name, name))
    unmet = []
    for requirement in wanted(name) + (runtime if name in ("test", "build") else []):
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            unmet.append(f"{requirement} is locked at {version}")
    assert unmet == [], "renew the locks: .ci/lock"


@pytest.mark.parametrize("name", ["lint", "action"])
def test_what_the_tests_share_with_others_has_one_version(name: str) -> None:
    test, other = locked("test"), locked(name)
    assert {name: (test[name], other[name]) for name in test.keys() & other.keys() if test[name] != other[name]} == {}


def test_the_action_installs_nothing_that_its_tests_did_not() -> None:
    assert locked("action").keys() <= locked("test").keys()


def test_the_build_backend_is_locked_too() -> None:
    (backend,) = (Requirement(entry) for entry in pyproject()["build-system"]["requires"])
    assert locked("test")[backend.name] in backend.specifier


def test_every_dependency_has_a_floor_and_a_ceiling() -> None:
    open_ended = [
        entry
        for entry in pyproject()["project"]["dependencies"]
        if {specifier.operator for specifier in Requirement(entry).specifier} != {">=", "<"}
    ]
    assert open_ended == []


def test_gitpython_is_never_older_than_its_last_advisory() -> None:
    entries = (Requirement(entry) for entry in pyproject()["project"]["dependencies"])
    (gitpython,) = (entry for entry in entries if entry.name == "gitpython")
    assert Version("3.2.0") not in gitpython.specifier
    assert locked("test")["gitpython"] >= Version("3.2.1")


def test_the_python_versions_agree_everywhere() -> None:
    project = pyproject()["project"]
    prefix = "Programming Language :: Python :: "
    named = [entry.removeprefix(prefix) for entry in project["classifiers"] if entry.startswith(f"{prefix}3.")]
    supported = SpecifierSet(project["requires-python"])
    assert all(version in supported for version in named)
    assert "3.10" not in supported
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert f"python: {json.dumps(named)}" in workflow
    assert f"--python-version {named[0]}" in (ROOT / ".ci" / "lock").read_text("utf-8")


def test_the_locks_are_tracked() -> None:
    assert set(LOCKS) <= set(tracked_files())
