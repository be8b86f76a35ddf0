"""A pull request on the tests' own GitHub, a clone to work in, and a client with a clock that nobody waits for."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from support.github.world import bare, branches, copied
from support.gitrepo import GitRepo

from bot.chat.endpoint import Key
from bot.github.addresses import Addresses
from bot.github.client import Access, GitHubClient
from bot.http import Http, Proxies
from bot.pacing import Timing
from bot.review.records import RepositoryName

if TYPE_CHECKING:
    from support.github.server import FakeGitHub
    from support.github.world import Comment, Pull, Thread

LINES = tuple(f"value_{number} = {number}" for number in range(1, 41))
TEXT = "".join(f"{line}\n" for line in LINES)
NEW = TEXT.replace("value_10 = 10\n", "value_10 = 11\n").replace("value_30 = 30\n", "value_30 = 31\n")


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def timing(self) -> Timing:
        return Timing(lambda: self.now, lambda: self.now, self.sleep, lambda: 0.5)


@cache
def _templates() -> Path:
    """The repositories of every scene, made once: the base with `main`, one with `topic` too, two clones."""
    folder = Path(tempfile.mkdtemp(prefix="stetbot-scene-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    work = GitRepo(folder / "work")
    work.git("config", "core.autocrlf", "false")
    work.write("a.py", TEXT)
    work.write("b.py", "first\nsecond\nthird\n")
    work.commit("The shop")
    work.git("push", "-q", str(bare(folder / "base.git").path), "main")
    shutil.copytree(folder / "base.git", folder / "topic.git")
    clone = GitRepo(folder / "clone")
    clone.git("fetch", "-q", str(folder / "base.git"), "main")
    clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    work.git("checkout", "-q", "-b", "topic")
    work.write("a.py", NEW)
    work.write("c.py", "one\ntwo\n")
    work.commit("Change two values")
    work.git("push", "-q", str(folder / "topic.git"), "topic")
    return folder


class Scene:
    """`octo/shop` with a pull request by `ada` that changes lines 10 and 30 of `a.py`; `grace` reviews.

    From a fork (`ada/shop`), the bot's account has write access to the base alone. `clone` is a clone of the base.
    """

    def __init__(self, github: FakeGitHub, root: Path, *, fork: bool = False, maintainers: bool = False,
                 organisation: bool = False) -> None:  # fmt: skip
        self.github = github
        self.world = github.world
        self.clock = Clock()
        made = _templates()
        owner = "club" if organisation else "ada"
        self.base = self.world.repo("octo/shop", copy_of=made / ("base.git" if fork else "topic.git"))
        self.base.permissions = {"grace": "write", "stetbot": "write", "ada": "read" if fork else "write"}
        self.source = self.base
        if fork:
            self.source = self.world.repo(
                f"{owner}/shop", self.base, organisation=organisation, copy_of=made / "topic.git"
            )
            self.source.permissions = {"ada": "admin"}
        self.work = copied(made / "work", root / "ada")
        self.clone = copied(made / "clone", root / "clone")
        self.world.pushed(self.source, branches(self.base) if fork else {}, self.world.account("ada"))
        self.first = self.head
        self.pull = self.world.pull(self.base, self.source, "topic", "ada", maintainers=maintainers)
        self.token = self.world.token("stetbot", kind="Bot")

    @property
    def name(self) -> RepositoryName:
        return RepositoryName("octo", "shop")

    @property
    def head(self) -> str:
        return self.source.tip("topic")

    def push(self, *, by: str = "ada", force: bool = False) -> str:
        """Let the head branch be at the work tree's HEAD."""
        before = branches(self.source)
        self.work.git("push", "-q", *(["--force"] if force else []), str(self.source.git.path), "HEAD:topic")
        self.world.pushed(self.source, before, self.world.account(by))
        return self.head

    def client(self, token: str | None = None) -> GitHubClient:
        environment = self.github.environment(token or self.token)
        access = Access(Addresses.of(environment), Key.parse(environment["GITHUB_TOKEN"], "GITHUB_TOKEN"))
        return GitHubClient(access, Http(Proxies.NONE), self.clock.timing())

    def suggest(self, line: int, *lines: str, by: str = "grace", start: int | None = None) -> Thread:
        """A suggestion by a reviewer for lines of `a.py`."""
        return self.world.thread(self.pull, by, "a.py", line, suggestion(*lines), start=start)

    def at_head(self, path: str = "a.py") -> str:
        return self.source.git.read("refs/heads/topic", path).decode()


def suggestion(*lines: str) -> str:
    return "\n".join(["Better:", "", "```suggestion", *lines, "```"])


def last_of(thread: Thread) -> Comment:
    return thread.comments[-1]


def said_of(pull: Pull) -> list[str]:
    """The comments on the pull request, without their hidden markers."""
    return [re.sub(r"<!--.*?-->", "", comment.body, flags=re.DOTALL).strip() for comment in pull.comments]
