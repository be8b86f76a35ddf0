"""`python -I -m bot.action`: how action.yml starts it, from an environment of its own."""

import os
import sys

from bot.action.door import main


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(int(main(os.environ, _say)))
