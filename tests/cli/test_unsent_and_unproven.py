"""What is never sent to a service, and what is shown before it lands."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from support.calls import TWINS, UNCLEAR, call, instructions, section, shop, snapshot
from support.morph_server import MorphServer, perfect

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-sentinel-7f3b9c2e"
SNIPPET = "# ... existing code ...\n\ndef b():\n    return 20\n"
BASE = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
NOT_SENT = {
    "a path that keeps secrets": (".env", "A=1\nB=2\nC=3\n", "A=1\nB=4\n# ... existing code ...\n", "secret"),
    "a text that holds a secret": (
        "settings.py",
        'TOKEN = "ghp_' + "Zx81kQ" * 6 + '"\n\n\n' + BASE,
        SNIPPET,
        "secret",
    ),
    "a snippet that holds a secret": (
        "m.py",
        BASE,
        '# ... existing code ...\n\ndef b():\n    return "ghp_' + "Zx81kQ" * 6 + '"\n',
        "secret",
    ),
    "a text with the protocol's own words": ("m.py", "# </code>\n" + BASE, SNIPPET, "delimiter"),
    "a snippet with the protocol's own words": ("m.py", BASE, SNIPPET + "\n# </update>\n", "delimiter"),
}


@pytest.mark.parametrize(("path", "base", "snippet", "code"), NOT_SENT.values(), ids=NOT_SENT.keys())
@pytest.mark.parametrize("engine", ["auto", "morph"])
def test_what_must_not_leave_the_machine_does_not(
    tmp_path: Path, path: str, base: str, snippet: str, code: str, engine: str
) -> None:
    repo = shop(tmp_path, {path: base})
    before = snapshot(repo)
    with MorphServer(perfect({})) as server:
        run = call(
            repo,
            "apply",
            instructions(tmp_path, section(path, snippet)),
            "--engine",
            engine,
            environment={"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url},
        )
    assert server.requests == []
    assert run.code == 1, run.said
    assert f"({code})" in run.out
    assert "Zx81kQ" not in run.said
    assert KEY not in run.said
    assert snapshot(repo) == before


def test_a_secret_in_the_request_s_own_words_is_not_sent(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"m.py": BASE})
    words = "I change b to use the token ghp_" + "Zx81kQ" * 6 + " now."
    with MorphServer(perfect({})) as server:
        run = call(
            repo,
            "apply",
            instructions(tmp_path, section("m.py", SNIPPET, words=words)),
            "--engine",
            "morph",
            environment={"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url},
        )
    assert server.requests == []
    assert (run.code, "(secret)" in run.out) == (1, True), run.said


def test_an_unproven_request_shows_both_readings_and_lands_when_it_is_accepted(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    file = instructions(tmp_path, section("twins.py", UNCLEAR))
    before = snapshot(repo)
    run = call(repo, "apply", file)
    assert run.code == 1
    assert "(unproven)" in run.out
    assert "this would land in twins.py:" in run.out
    assert "this fits too" in run.out
    assert run.out.count("+    return mid(items)") >= 2
    assert snapshot(repo) == before
    report = json.loads(call(repo, "apply", file, "--json").out)
    [request] = report["requests"]
    assert request["verdict"] == "unproven"
    assert request["diff"].count("+    return mid(items)") == 1
    assert {rival["path"] for rival in request["rivals"]} == {"twins.py"}
    assert all(rival["diff"].count("+    return mid(items)") == 1 for rival in request["rivals"])
    # What is printed can be copied into the next call as it stands.
    assert f"--accept {shlex.quote(request['id'])}" in run.out
    accepted = call(repo, "apply", file, "--accept", request["id"])
    assert accepted.code == 0, accepted.said
    assert "(unproven, local)" in accepted.out
    repo.git("apply", "--index", "-", stdin=request["diff"].encode())
    assert repo.git("write-tree") == repo.git("rev-parse", "stetbot/fix^{tree}")


def test_a_snippet_with_no_marker_at_its_end_is_told_what_to_add(tmp_path: Path) -> None:
    text = "def net(items):\n    taxed = 0\n    return sum(items)\n\n\ndef gross(items):\n    return net(items) * 2\n"
    repo = shop(tmp_path, {"prices.py": text})
    open_end = "def net(items):\n    # ... existing code ...\n    return sum(items) + 1\n"
    file = instructions(tmp_path, section("prices.py", open_end))
    run = call(repo, "apply", file)
    assert "to do: end the snippet with a marker for what follows, a comment such as `... existing code ..." in run.out
    ended = instructions(tmp_path, section("prices.py", f"{open_end}\n# ... existing code ...\n"))
    assert call(repo, "apply", ended).code == 0
    update = tmp_path / "update.py"
    update.write_text(open_end, encoding="utf-8")
    assert "end the snippet with a marker" in call(repo, "merge", "prices.py", update).err


def test_morphs_reading_is_shown_beside_the_local_engines(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    second = TWINS.replace("return max(items)", "return mid(items)")
    file = instructions(tmp_path, section("twins.py", UNCLEAR))
    with MorphServer(perfect({(TWINS, UNCLEAR): second})) as server:
        environment = {"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url}
        report = json.loads(call(repo, "apply", "--json", file, environment=environment).out)
        assert call(repo, "apply", "--accept-unproven", file, environment=environment).code == 0
    [request] = report["requests"]
    assert (request["code"], request["engine"]) == ("unproven", "morph")
    assert "-    return max(items)\n+    return mid(items)\n" in request["diff"]
    assert "-    return min(items)\n+    return mid(items)\n" in request["rivals"][0]["diff"]
    assert repo.read("stetbot/fix", "twins.py") == second.encode()


def test_long_readings_are_cut_for_people_and_whole_for_machines(tmp_path: Path) -> None:
    names = ("first", "second", "third", "fourth")
    pages = "".join(f"{TWINS.replace('items', name)}\n\nEND_OF_{name.upper()} = 1\n\n\n" for name in names)
    shown = "".join(UNCLEAR.replace("items", name) for name in names)
    added = "END_OF_FOURTH = 1\n" + "".join(f"Y{number} = {number}\n" for number in range(60))
    repo = shop(tmp_path, {"twins.py": pages})
    file = instructions(tmp_path, section("twins.py", f"{shown}{added}"))
    run = call(repo, "apply", file)
    assert "(unproven)" in run.out
    assert "more lines: --json shows all" in run.out
    assert "more diffs: --json shows all" in run.out
    assert run.out.count("\n") < 100
    report = json.loads(call(repo, "apply", file, "--json").out)
    assert "+Y59 = 59" in report["requests"][0]["diff"]
