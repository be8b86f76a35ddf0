"""Draws docs/run.svg: the real output of the commands below, in a clone of this repository.

python docs/picture.py        with stetbot installed; run it anew when the output changes
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    ("stetbot apply --diff examples/charge-tax.stetbot.md", ("--color",)),
    ("stetbot apply examples/charge-tax.stetbot.md", ("--color",)),
)
SHOWN_LINES = {0: slice(8, 35)}  # of the diff, the part that fits a picture
PLAIN = "#adbac7"
COLORS = {"31": "#e5534b", "32": "#57ab5a", "33": "#c69026", "36": "#39c5cf", "2": "#768390", "0": PLAIN}
BOLD, BRIGHT = "1", "#e6edf3"
LINE, LEFT, TOP, WIDTH = 18, 16, 52, 960
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def output_of(command: str, more: tuple[str, ...], folder: Path) -> list[str]:
    """The lines that the command prints in `folder`, with their colours."""
    executable = shutil.which("stetbot", path=str(Path(sys.executable).parent))
    assert executable is not None, "install stetbot beside this Python first"
    words = [executable, *command.split()[1:], *more]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    return (done.stdout + done.stderr).rstrip("\n").split("\n")


def drawn(line: str, top: int) -> str:
    """One line of text with its colours as SVG."""
    spans, color, at = [], PLAIN, 0
    for found in [*SGR.finditer(line), None]:
        text = line[at : found.start() if found else None]
        if text:
            spans.append(f'<tspan fill="{color}">{html.escape(text)}</tspan>')
        if found:
            code = found[1]
            color = BRIGHT if code == BOLD and color == PLAIN else COLORS.get(code, color)
            at = found.end()
    return f'<text x="{LEFT}" y="{top}" xml:space="preserve">{"".join(spans)}</text>'


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "stetbot"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607 - our own
        lines: list[str] = []
        for number, (command, more) in enumerate(COMMANDS):
            printed = output_of(command, more, clone)
            part = SHOWN_LINES.get(number)
            shown = printed if part is None else ["\x1b[2m...\x1b[0m", *printed[part], "\x1b[2m...\x1b[0m"]
            lines += [f"\x1b[1m$ {command}\x1b[0m", *shown, ""]
    height = TOP + LINE * len(lines)
    body = "\n".join(drawn(line, TOP + LINE * at) for at, line in enumerate(lines))
    dots = "".join(f'<circle cx="{20 + 18 * at}" cy="18" r="5" fill="#444c56"/>' for at in range(3))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img"'
        f' aria-label="stetbot at work" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#22272e"/>\n{dots}\n{body}\n</svg>\n'
    )
    (ROOT / "docs" / "run.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
