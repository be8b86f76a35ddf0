"""The command line: arguments and environment in, settings out; prints; gives the exit code.

This module imports next to nothing: until `main` runs, Ctrl-C is a traceback that nobody can help.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = "interrupted; every file and branch is as it was or as it should be: run the same command again to finish"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with a documented code (`bot.errors.Exit`); Ctrl-C is one line and 130."""
    try:
        from bot.cli.group import main as run_and_exit

        run_and_exit(arguments)
    except KeyboardInterrupt:
        sys.stderr.write(f"stetbot: {INTERRUPTED}\n")
        sys.exit(130)
    finally:
        # All is done and said: Ctrl-C while the interpreter goes down ends it, in silence.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
