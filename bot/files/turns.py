"""One stetbot at a time writes to a work tree: between a last look at a file and its replacement nothing may come.

The lock is the kernel's and stands on git's folder itself, so it leaves nothing behind and ends with its process,
however that ends. Editors and git do not know of it; for them the look at the file just before is what there is.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 5.0
_LOOK_UP = 0.05


@contextmanager
def turn(folder: Path | None) -> Iterator[None]:
    """Hold the lock on `folder`, after waiting a while for whoever has it. Raises RepositoryError.

    Where there is no such lock (Windows, some network disks, `folder` None), it is done without.
    """
    if sys.platform == "win32" or folder is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise RepositoryError(
                    "another stetbot is writing to this work tree, and nothing was changed: run again when it has ended"
                ) from None
            time.sleep(_LOOK_UP)
        except OSError:
            return
        else:
            return
