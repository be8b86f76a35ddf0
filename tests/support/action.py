"""The Action on the tests' own GitHub, as a runner starts it: an event's file, variables, files to write to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.github.world import iso
from support.runner import commands_in, parse_outputs

from bot.action.door import main

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.scene import Scene
    from support.github.world import Account, Comment, Thread

    from bot.errors import Exit


@dataclass(frozen=True)
class Told:
    """What a run told the runner."""

    code: Exit
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        return commands_in(self.log)


class ActionRun:
    """Starts the Action in the scene's clone. The clock is the scene's: nobody waits."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.folder = folder
        self.temp = folder / "temp"
        self.temp.mkdir(parents=True)

    def comment(self, body: str, by: str = "grace", **inputs: str) -> Told:
        """Somebody comments on the pull request, and the workflow runs."""
        return self.on_comment(self.scene.world.say(self.scene.pull, by, body), **inputs)

    def on_comment(self, comment: Comment, **inputs: str) -> Told:
        return self.run("issue_comment", self.comment_event(comment), **inputs)

    def comment_event(self, comment: Comment) -> dict[str, Any]:
        return {
            "action": "created",
            "issue": {"number": self.scene.pull.number, "pull_request": {"url": "https://evil.example/"}},
            "comment": self._comment(comment),
        }

    def reply(self, thread: Thread, body: str, by: str = "grace", **inputs: str) -> Told:
        """Somebody replies in a review thread."""
        comment = self.scene.world.reply(thread, self.scene.world.account(by), body)
        event = {"action": "created", "pull_request": self._pull(), "comment": self._comment(comment)}
        return self.run("pull_request_review_comment", event, **inputs)

    def review(self, by: str = "grace", **inputs: str) -> Told:
        """Somebody submits a review: all that they have written in threads since their last one."""
        world = self.scene.world
        number = world.number()
        for thread in self.scene.pull.threads:
            for comment in thread.comments:
                if comment.author is world.account(by) and comment.review is None:
                    comment.review = number
                    if comment.pending:
                        world.submit(comment)
        said = {
            "id": number,
            "user": _user(world.account(by)),
            "body": None,
            "commit_id": self.scene.head,
            "submitted_at": iso(world.tick()),
            "state": "commented",
        }
        event = {"action": "submitted", "review": said, "pull_request": self._pull()}
        return self.run("pull_request_review", event, **inputs)

    def dispatch(self, **inputs: str) -> Told:
        """Somebody starts the workflow by hand."""
        return self.run("workflow_dispatch", {"ref": "refs/heads/main", "inputs": {}}, **inputs)

    def pushed(self, before: str, after: str, branch: str = "topic", **inputs: str) -> Told:
        """A branch was pushed."""
        return self.run("push", {"ref": f"refs/heads/{branch}", "before": before, "after": after}, **inputs)

    def run(self, name: str, event: dict[str, Any], **inputs: str) -> Told:
        """The run of an event; `inputs` are the Action's, or whole variables in capitals."""
        self.prepare(event)
        lines: list[str] = []
        code = main(self.environment(name, inputs), lines.append, self.scene.clock.timing())
        told = Told(code, "\n".join(lines), self.outputs(), (self.folder / "summary").read_text(encoding="utf-8"))
        for text in (*(line for line in lines if not line.startswith("::add-mask::")), told.summary, str(told.outputs)):
            assert self.scene.token not in text
        return told

    def outputs(self) -> dict[str, str]:
        """What was written to GITHUB_OUTPUT, as the runner reads it."""
        return parse_outputs((self.folder / "output").read_text(encoding="utf-8"))

    def prepare(self, event: dict[str, Any]) -> None:
        """The runner's files: the event, and empty ones to write to."""
        repo = self.scene.base
        sender = self.scene.world.account("grace")
        whole = {"repository": {"full_name": repo.name, "default_branch": "main"}, "sender": _user(sender)} | event
        file = self.folder / "event.json"
        file.write_text(json.dumps(whole), encoding="utf-8")
        for empty in ("output", "summary"):
            (self.folder / empty).write_bytes(b"")

    def environment(self, name: str, inputs: dict[str, str]) -> dict[str, str]:
        given = {key if key.isupper() else f"STETBOT_ACTION_{key.upper()}": value for key, value in inputs.items()}
        return (
            self.scene.clone.environment
            | self.scene.github.environment(self.scene.token)
            | {
                "GITHUB_EVENT_NAME": name,
                "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
                "GITHUB_OUTPUT": str(self.folder / "output"),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                "GITHUB_WORKSPACE": str(self.scene.clone.path),
                "GITHUB_REPOSITORY": self.scene.base.name,
                "GITHUB_RUN_ID": "4711",
                "RUNNER_TEMP": str(self.temp),
                "STETBOT_ENGINE": "local",
            }
            | given
        )

    def _pull(self) -> dict[str, Any]:
        pull = self.scene.pull
        source = None if pull.source is None else {"full_name": pull.source.name}
        return {"number": pull.number, "head": {"ref": pull.branch, "sha": pull.head, "repo": source}}

    def _comment(self, comment: Comment) -> dict[str, Any]:
        author = None if comment.author is None else _user(comment.author)
        return {"id": comment.id, "body": comment.body, "user": author, "created_at": iso(comment.created)}


def _user(account: Account) -> dict[str, Any]:
    return {"login": account.rest_login, "id": account.id, "type": account.kind}
