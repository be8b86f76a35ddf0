"""Every git process of stetbot starts here, through GitPython, which no other module imports.

What a repository's own configuration could make git run (hooks, fsmonitor, external diffs, an attributes file) is
switched off by environment, which wins over every file; `GIT_*` variables of the caller, a hook's for instance, do not
get through unless they say how to reach a server, which configuration is the user's, or who the user is; nor do keys
of models. The user's identity, signing and transport settings stay in force: they are why a person runs this at home.

A process runs in a session of its own, so that Ctrl-C or a kill of stetbot's process group does not cut a ref update
in half; only what may have to ask the user for a passphrase (signing, pushing) keeps the terminal.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from bot.errors import RepositoryError
from bot.repo.program import git_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import git

_OLDEST_GIT = (2, 31)  # GIT_CONFIG_COUNT and rev-parse --path-format

_KEPT = re.compile(
    r"GIT_(?:SSH(?:_COMMAND|_VARIANT)?|ASKPASS|EXEC_PATH|SSL_\w+|HTTP_\w+|ALLOW_PROTOCOL|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM"
    r"|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE))\Z"
)
_SETTINGS = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.attributesFile", "/dev/null"),
    ("core.alternateRefsCommand", ""),
    ("core.pager", "cat"),
    ("core.editor", "true"),
    ("core.quotePath", "off"),
    ("core.warnAmbiguousRefs", "true"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("diff.external", ""),
    ("i18n.commitEncoding", "UTF-8"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.ext.allow", "never"),
    ("safe.bareRepository", "explicit"),  # git 2.38 and newer; see `planted`
    ("push.followTags", "false"),
    ("push.recurseSubmodules", "no"),
    ("submodule.recurse", "false"),
)
_VARIABLES = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
}
# No git, and no program that git runs for the user (a credential helper may want GITHUB_TOKEN), has a use for these.
_OUR_SECRETS = frozenset({
    "MORPH_API_KEY", "MORPHEUS_API_KEY", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
})  # fmt: skip
_LOGIN = re.compile(r"://[^/@\s]+@")


class GitError(RepositoryError):
    """Git said no: its exit status, and what it wrote to stderr with logins taken out."""

    def __init__(self, doing: str, status: int, said: str) -> None:
        self.status = status
        self.said = _LOGIN.sub("://***@", said).strip()
        super().__init__(f"git {doing} failed: {' '.join(self.said.split()) or _how_it_ended(status)}")


def _how_it_ended(status: int) -> str:
    """For a git that said nothing, as one that a limit on file sizes ended."""
    return f"exit status {status}" if status >= 0 else f"ended by a signal ({signal.strsignal(-status)})"


def hardened_environment(environ: Mapping[str, str], more: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """The environment of every git process, from that of the caller and `more` settings (name and value)."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _OUR_SECRETS and (not name.startswith("GIT_") or _KEPT.match(name))
    }
    kept |= _VARIABLES
    own = kept.get("GIT_CONFIG_COUNT", "")
    first = int(own) if own.isdecimal() else 0
    settings = (*_SETTINGS, *more)
    for number, (name, value) in enumerate(settings, first):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    kept["GIT_CONFIG_COUNT"] = str(first + len(settings))
    return kept


class _Processes(Protocol):
    """What the class below adds to GitPython's."""

    hardened: Mapping[str, str]

    def begin(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        keep_terminal: bool = False,
        stderr: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]: ...


@functools.cache
def _repo_type() -> type[git.Repo]:
    """GitPython's Repo, whose processes all get the environment above. Made here because importing git costs 0.1 s."""
    program = os.environ.get("GIT_PYTHON_GIT_EXECUTABLE") or git_program(os.environ)
    if program is None:
        raise RepositoryError("git is not installed, or not on the PATH; install git 2.31 or newer")
    # GitPython asks git for its version when it is imported, and would look for it everywhere.
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
    try:
        import git
    except ImportError as error:
        raise RepositoryError(f"{program} does not run; install git 2.31 or newer") from error

    class HardenedGit(git.Git):
        """GitPython adds to the caller's environment and cannot take from it; this one replaces it."""

        __slots__ = ("hardened",)

        GIT_PYTHON_GIT_EXECUTABLE = program
        hardened: Mapping[str, str]

        def begin(
            self,
            command: Sequence[str],
            environment: Mapping[str, str],
            *,
            keep_terminal: bool = False,
            stderr: int = subprocess.PIPE,
        ) -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - an argument list; what users say is checked before it gets here
                command,
                cwd=self.working_dir,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                **({} if keep_terminal else _own_session()),
            )

        def execute(  # type: ignore[override]  # the base promises forms of an answer that nothing here asks for
            self, command: Sequence[str], *, as_process: bool = False, with_exceptions: bool = True, **_: object
        ) -> git.Git.AutoInterrupt | str:
            process = self.begin(command, getattr(self, "hardened", None) or hardened_environment(os.environ))
            if as_process:
                return self.AutoInterrupt(process, command)
            output, said = process.communicate()
            if with_exceptions and process.returncode:
                raise git.GitCommandError(list(command), process.returncode, said, output)
            return output.decode("utf-8", "surrogateescape").removesuffix("\n")

    class HardenedRepo(git.Repo):
        GitCommandWrapperType = HardenedGit

    return HardenedRepo


def _own_session() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    else:
        return {"start_new_session": True}


class Git:
    """Runs git in one folder, or on one repository once it is opened."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._repo: git.Repo | None = None
        self._use(_repo_type().GitCommandWrapperType(str(folder)))

    def open(self, place: Path) -> None:
        """Hand the repository at `place` (a work tree, or a git folder) to GitPython."""
        self._repo = _repo_type()(str(place), expand_vars=False)
        self._use(self._repo.git)

    def _use(self, command: git.Git) -> None:
        self._command = command
        self._processes = cast("_Processes", command)
        self._processes.hardened = self.environment

    def require_version(self) -> None:
        """Raise RepositoryError if git is older than the options used here."""
        if self._command.version_info[:2] < _OLDEST_GIT:
            found = ".".join(map(str, self._command.version_info))
            raise RepositoryError(f"git {found} is too old; install git 2.31 or newer")

    def close(self) -> None:
        """Let GitPython end its own processes."""
        if self._repo:
            self._repo.close()

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """What git printed. Raises GitError."""
        status, output, said = self.outcome(*arguments, stdin=stdin, env=env)
        if status:
            raise GitError(arguments[0], status, said)
        return output

    def line(self, *arguments: str) -> str:
        """The one line that git printed, as text. Raises GitError."""
        return self.run(*arguments).decode("utf-8", "surrogateescape").removesuffix("\n")

    def outcome(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        keep_terminal: bool = False,
    ) -> tuple[int, bytes, str]:
        """Exit status, output and error text, for callers to whom a failure says something."""
        process = self._begin(arguments, env, keep_terminal=keep_terminal)
        output, said = process.communicate(stdin)
        return process.returncode, output, said.decode("utf-8", "replace")

    def _begin(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str] | None,
        *,
        keep_terminal: bool = False,
        stderr: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        command = [str(self._command.GIT_PYTHON_GIT_EXECUTABLE), *arguments]
        environment = self.environment | dict(env or {})
        try:
            return self._processes.begin(command, environment, keep_terminal=keep_terminal, stderr=stderr)
        except OSError as error:
            raise RepositoryError(f"git {arguments[0]} could not be run: {error.strerror}") from error

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> Helper:
        """A process that answers what it is asked, again and again, until it is stopped.

        Its warnings go nowhere: a repository can make git write so many (one for each bad line of `.gitattributes`)
        that it would wait for ever for somebody to read them.
        """
        return Helper(arguments[0], self._begin(arguments, env, stderr=subprocess.DEVNULL))


class Helper:
    """A long-lived git process. Not safe for many threads: its owner keeps a lock."""

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a helper is started with pipes")
        self._name = name
        self._process = process
        self._in = process.stdin
        self._out = process.stdout

    def ask(self, question: bytes) -> None:
        """Send `question`, which must be a whole one."""
        try:
            self._in.write(question)
            self._in.flush()
        except OSError as error:
            raise self._ended() from error

    def line(self) -> bytes:
        """The next line of the answer, with its end."""
        line = self._out.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        return line

    def read(self, size: int) -> bytes:
        """The next `size` bytes of the answer."""
        data = self._out.read(size)
        if len(data) != size:
            raise self._ended()
        return data

    def field(self) -> bytes:
        """What comes before the next NUL byte."""
        piece = bytearray()
        while (byte := self.read(1)) != b"\0":
            piece += byte
        return bytes(piece)

    def stop(self) -> None:
        """End the process: it sees the end of its input and goes by itself."""
        for pipe in (self._in, self._out):
            with suppress(OSError):
                pipe.close()
        self._process.wait()

    def _ended(self) -> RepositoryError:
        return RepositoryError(f"git {self._name} ended too early; the repository may be damaged: run `git fsck`")
