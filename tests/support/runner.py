"""How GitHub's runner reads what a step writes, after actions/runner's FileCommandManager and ActionCommand."""

from __future__ import annotations


def parse_outputs(text: str) -> dict[str, str]:
    """The outputs of a GITHUB_OUTPUT file; a line that is none is an error, as it is there."""
    lines = text.replace("\r\n", "\n").split("\n")
    found: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, _, value = line.partition("=")
            found[name] = value
        elif heredoc >= 0:
            name, _, delimiter = line.partition("<<")
            assert name, f"an output without a name: {line!r}"
            assert delimiter, f"an output without a delimiter: {line!r}"
            end = lines.index(delimiter, at)
            found[name] = "\n".join(lines[at:end])
            at = end + 1
        else:
            raise AssertionError(f"not an output: {line!r}")
    return found


def commands_in(log: str) -> list[str]:
    """The lines of a step's log that the runner obeys."""
    return [line for line in log.split("\n") if line.strip().startswith(("::", "##["))]
