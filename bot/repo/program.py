"""Where git is: in a folder of the PATH that is named in full.

A search that looks into the working folder (that of Windows does, and any that finds `.` or nothing between two
separators of the PATH) would find, and run, what a repository keeps there under git's name.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def git_program(environ: Mapping[str, str], *, windows: bool = sys.platform == "win32") -> str | None:
    """The whole path of git, None if there is none."""
    name = "git.exe" if windows else "git"
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        found = Path(folder.strip('"')) / name
        if found.is_absolute() and found.is_file() and os.access(found, os.X_OK):
            return str(found)
    return None
