"""`stetbot doctor`: what works here, what is missing, and what each missing part costs.

Nothing is sent anywhere, unless it is told to ask the services.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.cli.finding import Finding, Health
from bot.cli.options import console_of, engine_settings, place_option, user_file
from bot.cli.output import put, scrubbed
from bot.errors import Exit, StetbotError, UsageError
from bot.repo.program import git_program
from bot.repo.repository import BOT
from bot.report import Role, one_line
from bot.settings import EngineChoice, Settings
from bot.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.workplace import Workplace

OLDEST_GIT = (2, 31)


_ROLES = {Health.GOOD: Role.APPLIED, Health.ABSENT: Role.DOUBT, Health.BROKEN: Role.REFUSED}


@click.command(
    "doctor",
    short_help="What works here, what is missing, what to do.",
    epilog="Exit code: 0, or 1 if something is broken; a part that is not set up is not broken.",
)
@click.option(
    "--online",
    is_flag=True,
    help="Ask the services too: Morph, the planner and its account, GitHub. No code is sent.",
)
@place_option
def doctor_command(start: Path, *, online: bool) -> Exit:
    """Tell what works here, what is missing, and what to do about it. Nothing is sent anywhere without --online."""
    paint = console_of({"quiet": False, "as_json": False, "color": None}).paint
    broken = False
    for finding in _findings(start, online=online):
        broken = broken or finding.health is Health.BROKEN
        mark = paint(_ROLES[finding.health], finding.health.value)
        put(scrubbed(f"{mark}  {paint(Role.NAME, finding.part)}: {one_line(finding.said)}"))
        if finding.remedy:
            put(scrubbed(f"      to do: {one_line(finding.remedy)}"))
    return Exit.NOT_APPLIED if broken else Exit.DONE


def _findings(start: Path, *, online: bool) -> Iterator[Finding]:
    yield Finding(Health.GOOD, "stetbot", f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}")
    git = _git()
    yield git
    root: Path | None = None
    if git.health is Health.GOOD:
        root, findings = _repository(start)
        yield from findings
    settings, finding = _settings(root)
    yield finding
    yield _grammars()
    yield _morph(settings)
    yield _github()
    yield _planner(settings)
    if online:
        from bot.cli.online import online_findings

        yield from online_findings(settings, os.environ)


def _git() -> Finding:
    found = git_program(os.environ)
    if found is None:
        return Finding(Health.BROKEN, "git", "not found on the PATH", "install git 2.31 or later")
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    said = done.stdout.strip().removeprefix("git version ")
    number = re.match(r"(\d+)\.(\d+)", said)
    if number is None or (int(number[1]), int(number[2])) < OLDEST_GIT:
        return Finding(Health.BROKEN, "git", f"{said or 'does not run'}: too old", "install git 2.31 or later")
    return Finding(Health.GOOD, "git", said)


def _repository(start: Path) -> tuple[Path | None, list[Finding]]:
    from bot.workplace import open_workplace

    try:
        with open_workplace(start, os.environ) as place:
            return place.root, list(_opened(place))
    except StetbotError as error:
        return None, [Finding(Health.ABSENT, "repository", str(error), "`stetbot merge` works without one")]


def _opened(place: Workplace) -> Iterator[Finding]:
    repo = place.repo
    where = str(repo.root or repo.git_dir)
    yield Finding(Health.GOOD, "repository", where if repo.root else f"{where} (bare: --write does not work here)")
    branch = repo.current_branch()
    try:
        commit = repo.resolve("HEAD")
    except StetbotError as error:
        yield Finding(Health.ABSENT, "HEAD", str(error))
    else:
        yield Finding(Health.GOOD, "HEAD", f"{branch or 'detached'} at {commit[:12]}")
    me = repo.identity()
    said = f"{me.name} <{me.email}>"
    if me == BOT:
        remedy = "set your own with `git config user.name` and `git config user.email`"
        yield Finding(Health.ABSENT, "identity", f"commits are made as {said}: git knows nobody", remedy)
    else:
        yield Finding(Health.GOOD, "identity", f"commits are made as {said}")


def _settings(root: Path | None) -> tuple[Settings, Finding]:
    try:
        settings = engine_settings({}, root)
    except UsageError as error:
        return Settings(), Finding(
            Health.BROKEN, "settings", str(error), "correct it; until then, no command that uses settings runs"
        )
    mine = user_file()
    said = f"{mine} is read" if mine.is_file() else f"no file of your own ({mine})"
    return settings, Finding(Health.GOOD, "settings", said)


def _grammars() -> Finding:
    modules = sorted({language.grammar.module for language in LANGUAGES if language.grammar is not None})
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        return Finding(
            Health.BROKEN, "grammars", f"missing: {', '.join(missing)}", "reinstall stetbot: they come with it"
        )
    return Finding(Health.GOOD, "grammars", f"the syntax of {len(modules)} languages is checked")


def _github() -> Finding:
    from bot.chat.endpoint import Key
    from bot.github.addresses import Addresses

    token = os.environ.get("GITHUB_TOKEN", "")
    try:
        server = Addresses.of(os.environ).server
        if token.strip():
            Key.parse(token, "GITHUB_TOKEN")
    except UsageError as error:
        return Finding(Health.BROKEN, "GitHub", str(error), "correct it; until then, `--pr` does not work")
    if not token.strip():
        remedy = "set it to a token that may push and answer: docs/pull-requests.md has the rights"
        return Finding(Health.ABSENT, "GitHub", f"GITHUB_TOKEN is not set: no `--pr` ({server})", remedy)
    return Finding(Health.GOOD, "GitHub", f"token set; {server}")


def _morph(settings: Settings) -> Finding:
    if not settings.morph_key:
        return Finding(
            Health.ABSENT,
            "Morph",
            "MORPH_API_KEY is not set: the local engine merges, and declines what it cannot prove",
            "set the key to have Morph's model merge those too, under the same proof",
        )
    from bot.app import morph_client

    try:
        morph_client(settings).close()
    except UsageError as error:
        return Finding(Health.BROKEN, "Morph", str(error), "correct it; until then, only `--engine local` works")
    engine = settings.engine.value if settings.engine is not EngineChoice.AUTO else "auto, so morph"
    return Finding(Health.GOOD, "Morph", f"key set; {settings.morph_url}, {settings.morph_model}; engine: {engine}")


def _planner(settings: Settings) -> Finding:
    if not settings.morpheus_key:
        return Finding(
            Health.ABSENT,
            "planner",
            "MORPHEUS_API_KEY is not set: requests in plain language are refused (no-planner)",
            "set the key and MORPHEUS_MODEL, or write the change as a snippet or a suggestion",
        )
    from bot.app import planner_client

    try:
        planner_client(settings).close()
    except UsageError as error:
        return Finding(
            Health.BROKEN, "planner", str(error), "correct it; until then, requests in plain language are refused"
        )
    if not settings.morpheus_model:
        return Finding(
            Health.ABSENT,
            "planner",
            f"key set; {settings.morpheus_url}; but MORPHEUS_MODEL is not: requests in plain language are refused",
            "set MORPHEUS_MODEL; `stetbot doctor --online` lists the models",
        )
    return Finding(Health.GOOD, "planner", f"key set; {settings.morpheus_url}, {settings.morpheus_model}")
