"""The settings of a run, from where they stand: flags, environment, the user's file, the repository's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.settings import Settings, Table, load, read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


def load_settings(
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    *,
    user_file: Path | None = None,
    root: str | os.PathLike[str] | None = None,
) -> Settings:
    """The settings of this run; `root` is the work tree whose own file may say something. Raises UsageError."""
    user = table_in(user_file) if user_file is not None else None
    return load(environ, flags, user, _repository_table(Path(root)) if root is not None else None)


def _repository_table(root: Path) -> Table | None:
    own = table_in(root / ".stetbot.toml")
    project = table_in(root / "pyproject.toml", about="stetbot")
    if own is not None and project is not None and project.values:
        raise UsageError("both .stetbot.toml and [tool.stetbot] in pyproject.toml are there; keep one")
    return own or project


def table_in(path: Path, about: str = "") -> Table | None:
    """The settings in the file at `path`, None where there is none, or none that speaks `about` us."""
    try:
        if path.exists() and not path.is_file():  # a link may lead anywhere, to what never ends as well
            raise UsageError(f"{path}: not a file; put a file with settings there, or take it away")
        data = path.read_bytes()
        text = data.decode("utf-8") if about.encode() in data else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8; save it as UTF-8") from error
    # A pyproject.toml that is broken, and does not speak of us, may be what a request is to mend.
    return read_table(str(path), text) if text is not None else None
