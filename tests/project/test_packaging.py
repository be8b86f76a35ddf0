"""The wheel and the sdist: what is in them, what they promise, and that it is they that are tested."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.checkout import ROOT, pyproject

import bot


def build(source: Path, target: str, dist: Path) -> Path:
    """Build `target` ("wheel" or "sdist") from the folder `source` into `dist`, with the locked hatchling."""
    command = [sys.executable, "-I", "-m", "hatchling", "build", "--target", target, "--directory", str(dist)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = dist.iterdir()
    return built


def sources() -> set[str]:
    """The files of `bot/` that git tracks or would track."""
    asked = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "bot"]
    listed = subprocess.run(asked, check=True, capture_output=True).stdout.decode().split("\0")
    return {name for name in listed if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"stetbot-{bot.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == sources()
    assert "bot/py.typed" in names, "without it no type checker of a user's reads our types"


def test_the_wheel_says_what_pyproject_says(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = f"stetbot-{bot.__version__}.dist-info"
        described = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        licence = archive.read(f"{info}/licenses/LICENSE")
    project = pyproject()["project"]
    assert described["Name"] == "stetbot"
    assert described["License-Expression"] == "MIT"
    assert described["Requires-Python"] == project["requires-python"]
    required = {str(Requirement(entry)) for entry in described.get_all("Requires-Dist", [])}
    assert required == {str(Requirement(entry)) for entry in project["dependencies"]}
    assert described.get_all("Provides-Extra") is None, "all that stetbot does comes with the plain install"
    assert entry_points.split("\n")[:2] == ["[console_scripts]", "stetbot = bot.cli:main"]
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_a_wheel_built_from_the_sdist_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    # `extractall` wants a filter from Python 3.12 on, and knows none before 3.11.4.
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content is not None:
                target = tmp_path / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
    (unpacked,) = tmp_path.iterdir()
    (tmp_path / "dist").mkdir()
    rebuilt = build(unpacked, "wheel", tmp_path / "dist")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(rebuilt) as second:
        assert {n: first.read(n) for n in first.namelist()} == {n: second.read(n) for n in second.namelist()}


def test_the_sdist_brings_its_tests_and_what_they_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "requirements/test.txt"):
        assert name in names
    assert "tests/project/test_packaging.py" in names


def test_the_package_under_test_is_the_installed_one() -> None:
    """Not by chance the folder `bot/` of the working directory: a missing file in the wheel would go unnoticed."""
    described = json.loads(metadata.distribution("stetbot").read_text("direct_url.json") or "{}")
    editable = described.get("dir_info", {}).get("editable", False)
    assert not (editable and os.environ.get("STETBOT_TESTS_NEED_INSTALLED")), "this run asks for a real install"
    home = Path(bot.__file__).resolve().parent
    installed = (ROOT if editable else Path(sysconfig.get_path("purelib"))) / "bot"
    assert home == installed.resolve()


def test_the_installed_package_is_not_stale() -> None:
    home = Path(bot.__file__).resolve().parent.parent
    differing = [
        name
        for name in sorted(sources())
        if not (home / name).is_file() or (home / name).read_bytes() != (ROOT / name).read_bytes()
    ]
    assert differing == [], "install again: pip install --no-deps ."


def test_the_command_tells_its_version_and_its_commands() -> None:
    command = Path(sysconfig.get_path("scripts")) / ("stetbot.exe" if os.name == "nt" else "stetbot")
    said = subprocess.run([command, "--version"], check=True, capture_output=True, text=True, encoding="utf-8")
    assert bot.__version__ in said.stdout
    helped = subprocess.run([command, "--help"], check=True, capture_output=True, text=True, encoding="utf-8")
    for name in ("apply", "review", "propose", "land", "merge", "verify", "check", "doctor"):
        assert f"  {name} " in helped.stdout
