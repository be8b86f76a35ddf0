"""docs/instruction-files.md: its examples parse, and its tables name what the code knows."""

import re
from pathlib import Path

from bot.asks import DeleteFile, Snippet
from bot.requests import read_instructions
from bot.requests.blocks import Fence, code_spans, read_page
from bot.requests.formats import Format
from bot.requests.targets import heading_target

TEXT = (Path(__file__).parents[2] / "docs" / "instruction-files.md").read_text(encoding="utf-8")
FENCES = [item for item in read_page(TEXT).items if isinstance(item, Fence)]


def example(info: str, number: int = 0) -> bytes:
    return [fence for fence in FENCES if fence.info == info][number].code.encode()


def test_the_markdown_and_the_yaml_example_ask_for_the_same() -> None:
    markdown = read_instructions("x.md", example("markdown"))
    yaml = read_instructions("x.yaml", example("yaml"))
    assert [request.digest for request in markdown.requests] == [request.digest for request in yaml.requests]
    assert markdown.subject == "Charge tax on every order"
    assert markdown.body == "Prices were shown net."


def test_the_example_over_several_files_is_one_request() -> None:
    (request,) = read_instructions("x.md", example("markdown", 1)).requests
    assert [type(part.ask) for part in request.parts] == [Snippet, DeleteFile]


def test_every_format_word_is_in_the_table() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \| ", TEXT, flags=re.MULTILINE)) >= set(Format)


def test_every_heading_of_the_table_is_read_as_said() -> None:
    cells = re.findall(r"^\| (`.*## .*) \| (.*) \|$", TEXT, flags=re.MULTILINE)
    rows = [(cell[start:end], meaning) for cell, meaning in cells for start, end in code_spans(cell)]
    shown = [(span[2:-2].strip() if span.startswith("``") else span[1:-1], meaning) for span, meaning in rows]
    headings = [(span[3:], meaning) for span, meaning in shown if span.startswith("## ")]
    assert len(headings) == 9
    for heading, meaning in [(text.replace("`path", "`path/to"), meaning) for text, meaning in headings]:
        assert (heading_target(heading) is None) is meaning.startswith("a title"), heading
