from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.morph_client import CODE, MERGED, UPDATE, client

from bot.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parents[1] / "support" / "morph_server.py"


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The URL that the script prints."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), "--port", "0", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_the_test_server_is_a_script_too(tmp_path: Path) -> None:
    oracle = tmp_path / "oracle.jsonl"
    oracle.write_text(json.dumps({"code": CODE, "update": UPDATE, "merged": MERGED}) + "\n", encoding="utf-8")
    with served("--oracle", str(oracle), "--delay", "0.01") as url, client(url) as morph:
        assert morph.apply("", CODE, UPDATE).text == MERGED
        with pytest.raises(ServiceError, match="HTTP 422"):
            morph.apply("", "a", "b")
    with served("--fault", "length") as url, client(url) as morph, pytest.raises(ServiceError, match="length limit"):
        morph.apply("", CODE, UPDATE)
