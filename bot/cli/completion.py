"""`stetbot completion`: prints the script that teaches a shell the commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from bot.cli.output import put
from bot.errors import Exit


@click.command(
    "completion",
    short_help="The script that teaches a shell to complete.",
    epilog="Exit code: 0, or 2 for a shell that is not known.",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> Exit:
    """Print the completion script for a shell.

    \b
    bash:  eval "$(stetbot completion bash)"          (in ~/.bashrc)
    zsh:   eval "$(stetbot completion zsh)"           (in ~/.zshrc)
    fish:  stetbot completion fish | source           (in ~/.config/fish/config.fish)
    """
    from bot.cli.group import stetbot

    kind = get_completion_class(shell)
    if kind is None:  # pragma: no cover - click knows all three
        raise click.UsageError(f"no completion for {shell}")
    put(kind(stetbot, {}, "stetbot", "_STETBOT_COMPLETE").source())
    return Exit.DONE
