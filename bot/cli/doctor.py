"""`stetbot doctor`: what works here, what is missing, and what each missing part costs. Nothing is sent anywhere."""

from __future__ import annotations

import enum
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.cli.options import engine_settings, user_file
from bot.cli.output import scrubbed
from bot.errors import Exit, StetbotError, UsageError
from bot.report import printable
from bot.settings import EngineChoice, Settings
from bot.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator


class Health(enum.Enum):
    """How a part is: works, is not set up (something is given up for it), or is broken."""

    GOOD = "ok"
    ABSENT = "--"
    BROKEN = "!!"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: its health, what it is, what was found, and what to do about it."""

    health: Health
    part: str
    said: str
    remedy: str = ""


@click.command("doctor")
@click.option("-C", "start", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), hidden=True)
def doctor_command(start: Path) -> Exit:
    """Tell what works here, what is missing, and what to do about it.

    Nothing is sent anywhere. Exit code 0 unless something is broken; a part that is not set up is not broken.
    """
    findings = list(_findings(start))
    for finding in findings:
        click.echo(scrubbed(printable(f"{finding.health.value}  {finding.part}: {finding.said}")))
        if finding.remedy:
            click.echo(scrubbed(printable(f"      {finding.remedy}")))
    return Exit.NOT_APPLIED if any(finding.health is Health.BROKEN for finding in findings) else Exit.DONE


def _findings(start: Path) -> Iterator[Finding]:
    yield Finding(Health.GOOD, "stetbot", f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}")
    yield _git()
    root: Path | None = None
    if shutil.which("git"):
        root, finding = _repository(start)
        yield from finding
    try:
        settings = engine_settings({}, root)
    except UsageError as error:
        yield Finding(Health.BROKEN, "settings", str(error))
        settings = Settings()
    else:
        said = f"{user_file()} is read" if user_file().is_file() else f"none of your own ({user_file()})"
        yield Finding(Health.GOOD, "settings", said)
    yield _grammars()
    yield from _morph(settings)
    yield Finding(
        Health.ABSENT,
        "planner",
        "requests in plain language are refused (no-planner)",
        "write the change as a snippet or a suggestion",
    )


def _git() -> Finding:
    found = shutil.which("git")
    if found is None:
        return Finding(Health.BROKEN, "git", "not found on PATH", "install git 2.31 or later")
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    return Finding(Health.GOOD, "git", done.stdout.strip().removeprefix("git version "))


def _repository(start: Path) -> tuple[Path | None, list[Finding]]:
    from bot.workplace import open_workplace

    try:
        with open_workplace(start, os.environ) as place:
            repo = place.repo
            me = repo.identity()
            where = str(repo.root or repo.git_dir)
            said = where if repo.root else f"{where} (bare: --write does not work here)"
            findings = [Finding(Health.GOOD, "repository", said)]
            findings.append(Finding(Health.GOOD, "commits as", f"{me.name} <{me.email}>"))
            head = repo.current_branch() or "a detached HEAD"
            repo.resolve("HEAD")
            findings.append(Finding(Health.GOOD, "HEAD", head))
            return repo.root, findings
    except StetbotError as error:
        return None, [Finding(Health.ABSENT, "repository", str(error), "`stetbot merge` works without one")]


def _grammars() -> Finding:
    modules = sorted({language.grammar.module for language in LANGUAGES if language.grammar is not None})
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        return Finding(
            Health.BROKEN, "grammars", f"missing: {', '.join(missing)}", "reinstall stetbot: they come with it"
        )
    return Finding(Health.GOOD, "grammars", f"the syntax of {len(modules)} languages is checked")


def _morph(settings: Settings) -> Iterator[Finding]:
    if not settings.morph_key:
        yield Finding(
            Health.ABSENT,
            "Morph",
            "MORPH_API_KEY is not set: the local engine merges, and declines what it cannot prove",
            "set the key to have Morph's model merge those too, under the same proof",
        )
        return
    from bot.app import morph_client

    try:
        morph_client(settings).close()
    except UsageError as error:
        yield Finding(Health.BROKEN, "Morph", str(error))
        return
    engine = settings.engine.value if settings.engine is not EngineChoice.AUTO else "auto, so morph"
    yield Finding(Health.GOOD, "Morph", f"key set; {settings.morph_url}, {settings.morph_model}; engine: {engine}")
