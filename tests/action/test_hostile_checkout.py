"""What an earlier job may have left in a checkout that is used again: none of it is run, read or obeyed."""

from __future__ import annotations

import shutil
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW

from bot.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from support.action import ActionRun
    from support.github.scene import Scene

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
FILE = "# Other values\n\n## `b.py:2`\n\n```suggestion\nother\n```\n"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the traps are shell scripts")


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "mark"


@pytest.fixture
def script(tmp_path: Path, mark: Path) -> Path:
    """A program that leaves a mark, and fails."""
    file = tmp_path / "evil"
    file.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n", encoding="utf-8")
    file.chmod(0o755)
    return file


TRAPS = {
    "signing": {"commit.gpgSign": "true", "gpg.program": "SCRIPT"},
    "signed pushes": {"push.gpgSign": "true", "gpg.program": "SCRIPT"},
    "another protocol": {"url.ssh://x/.insteadOf": "GITHUB/", "core.sshCommand": "SCRIPT"},
    "another repository": {"url.FOLDER/elsewhere/.insteadOf": "GITHUB/"},
    "objects from elsewhere": {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "evil",
        "remote.evil.url": "FOLDER/elsewhere/octo/shop.git",
        "remote.evil.promisor": "true",
        "remote.evil.uploadPack": "SCRIPT",
    },
    "a proxy": {"http.proxy": "http://127.0.0.1:9", "http.sslVerify": "false"},
    "an include": {"include.path": "FOLDER/included"},
}


def lay(trap: str, scene: Scene, folder: Path, script: Path) -> None:
    """Put the settings of a trap into the clone, and what they lead to into `folder`."""
    evil = folder / "elsewhere" / "octo" / "shop.git"
    shutil.copytree(scene.base.git.path, evil)
    (evil / "hooks").mkdir(exist_ok=True)
    shutil.copy(script, evil / "hooks" / "pre-receive")
    (folder / "included").write_text(f"[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = {script}\n", encoding="utf-8")
    meant = {"SCRIPT": str(script), "FOLDER": str(folder), "GITHUB": scene.github.url}
    for name, value in TRAPS[trap].items():
        words = [name, value]
        for word, meaning in meant.items():
            words = [said.replace(word, meaning) for said in words]
        scene.clone.git("config", *words)


@pytest.mark.parametrize("trap", TRAPS)
def test_settings_that_were_left_behind_count_for_nothing(
    scene: Scene, action: ActionRun, tmp_path: Path, script: Path, mark: Path, trap: str
) -> None:
    lay(trap, scene, tmp_path, script)
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.code is Exit.DONE, told.log
    assert told.outputs["commit"] == scene.head
    assert scene.at_head() == CHANGED
    assert not mark.exists()


@pytest.mark.parametrize("trap", ["signing", "another repository", "objects from elsewhere"])
def test_nor_where_files_are_pushed(
    scene: Scene, action: ActionRun, tmp_path: Path, script: Path, mark: Path, trap: str
) -> None:
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("values.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push()
    lay(trap, scene, tmp_path, script)
    told = action.pushed(before, after)
    assert told.code is Exit.DONE, told.log
    assert scene.base.tip("stetbot/values") == told.outputs["commit"]
    assert not mark.exists()


def test_hooks_attributes_and_references_of_the_checkout_are_not_read(
    scene: Scene, action: ActionRun, script: Path, mark: Path
) -> None:
    folder = scene.clone.path / ".git"
    (folder / "hooks").mkdir(exist_ok=True)
    for hook in ("pre-push", "reference-transaction", "post-index-change", "proc-receive"):
        shutil.copy(script, folder / "hooks" / hook)
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "attributes").write_text("* filter=evil\n", encoding="utf-8")
    (folder / "info" / "grafts").write_text(f"{scene.head} {'0' * 40}\n", encoding="utf-8")
    (folder / "refs" / "replace").mkdir(parents=True)
    (folder / "refs" / "replace" / scene.head).write_text(f"{scene.clone.git('rev-parse', 'HEAD')}\n")
    scene.suggest(10, "value_10 = 12")
    assert action.comment("/stetbot apply").outputs["applied"] == "1"
    assert scene.at_head() == CHANGED
    assert not mark.exists()


def test_who_commits_is_the_tokens_account_unless_the_runner_says_otherwise(scene: Scene, action: ActionRun) -> None:
    """Not whoever owns a login that is called like the bot, and not whom the checkout names."""
    scene.clone.git("config", "user.name", "Eve")
    scene.clone.git("config", "user.email", "eve@evil.example")
    number = scene.world.accounts["stetbot"].id
    bot = f"stetbot[bot] <{number}+stetbot[bot]@users.noreply.127.0.0.1>"
    runner = {"GIT_AUTHOR_NAME": "CI", "GIT_AUTHOR_EMAIL": "ci@example.com"}
    runner |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in runner.items()}
    cases: list[tuple[int, dict[str, str], str]] = [(10, {}, bot), (30, runner, "CI <ci@example.com>")]
    for line, environment, who in cases:
        scene.suggest(line, f"value_{line} = 0")
        assert action.comment("/stetbot apply", **environment).outputs["applied"] == "1"
        assert scene.source.git.git("log", "-1", "--format=%an <%ae>%n%cn <%ce>", "topic") == f"{who}\n{who}"


def test_an_object_that_is_not_what_its_id_says_is_not_built_upon(scene: Scene, action: ActionRun) -> None:
    blob = scene.source.git.git("rev-parse", "topic:a.py")
    file = scene.clone.path / ".git" / "objects" / blob[:2] / blob[2:]
    file.parent.mkdir(exist_ok=True)
    evil = NEW.replace("value_1 = 1\n", "import os\n").encode()
    file.write_bytes(zlib.compress(b"blob %d\0" % len(evil) + evil))
    scene.suggest(10, "value_10 = 12")
    head = scene.head
    told = action.comment("/stetbot apply")
    assert told.code is Exit.NOT_APPLIED
    assert "is not what its id says" in told.log
    assert scene.head == head


@pytest.mark.parametrize("there", ["nothing", "a file", "a link", "a partial clone", "a shallow clone"])
def test_a_checkout_is_a_help_and_no_need(scene: Scene, action: ActionRun, tmp_path: Path, there: str) -> None:
    folder = scene.clone.path / ".git"
    match there:
        case "nothing":
            shutil.rmtree(folder)
        case "a file":
            shutil.rmtree(folder)
            folder.write_text(f"gitdir: {tmp_path}/x\n", encoding="utf-8")
        case "a link":
            folder.rename(tmp_path / "real")
            folder.symlink_to(tmp_path / "real")
        case "a partial clone":
            (folder / "objects" / "pack").mkdir(exist_ok=True)
            (folder / "objects" / "pack" / "pack-x.promisor").write_bytes(b"")
            for loose in (folder / "objects").glob("??"):
                shutil.rmtree(loose)
        case _:
            (folder / "shallow").write_text(f"{scene.clone.git('rev-parse', 'HEAD')}\nnonsense\n", encoding="utf-8")
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head() == CHANGED
    assert list(action.temp.iterdir()) == [action.temp / "stetbot.patch"], "nothing is left behind"


def test_a_second_run_on_a_runner_of_its_own_builds_on_the_branch_that_is_there(
    scene: Scene, action: ActionRun
) -> None:
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("values.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push()
    told = action.pushed(before, after)
    assert told.outputs["applied"] == "1", told.log
    again = action.pushed(before, after)
    assert (again.code, again.outputs["status"]) == (Exit.DONE, "nothing-to-do"), again.log
    assert scene.base.tip("stetbot/values") == told.outputs["commit"]


def test_no_name_of_a_file_leads_to_the_branch_that_was_pushed_or_the_default_one(
    scene: Scene, action: ActionRun
) -> None:
    scene.work.git("checkout", "-q", "main")
    scene.work.write(".stetbot.toml", 'branch-prefix = ""\n')
    scene.work.commit("No prefix")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    main = scene.base.tip("main")
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.git("checkout", "-q", "-B", "topic")
    scene.work.write("main.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push(force=True)
    told = action.pushed(before, after)
    assert told.code is Exit.USAGE
    assert "would go to the branch main itself" in told.log
    assert scene.base.tip("main") == main
