from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.sse import Event, SseParser, Stray


def parse(*chunks: bytes) -> list[Event | Stray]:
    parser = SseParser()
    return [item for chunk in chunks for item in parser.feed(chunk)] + parser.finish()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        pytest.param(b"data: a\n\n", [Event(b"a")], id="LF"),
        pytest.param(b"data: a\r\n\r\n", [Event(b"a")], id="CRLF"),
        pytest.param(b"data: a\r\r", [Event(b"a")], id="CR"),
        pytest.param(b"data: a\r\n\ndata: b\n\r\n", [Event(b"a"), Event(b"b")], id="mixed endings"),
        pytest.param(b"data:a\n\n", [Event(b"a")], id="no space after the colon"),
        pytest.param(b"data:  a\n\n", [Event(b" a")], id="only one space belongs to the colon"),
        pytest.param(b"data: a\ndata: b\n\n", [Event(b"a\nb")], id="several data lines"),
        pytest.param(b"data\n\n", [Event(b"")], id="a field without a colon"),
        pytest.param(b": keep-alive\n\ndata: a\n\n", [Event(b"a")], id="comments"),
        pytest.param(b"event: error\ndata: a\n\ndata: b\n\n", [Event(b"a", "error"), Event(b"b")], id="a name ends"),
        pytest.param(b"id: 7\nretry: 5\ndata: a\n\n", [Event(b"a")], id="id and retry"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [Event(b"a")], id="BOM"),
        pytest.param(b"data: \xef\xbb\xbfa\n\n", [Event(b"\xef\xbb\xbfa")], id="a BOM inside is text"),
        pytest.param(b"event: ping\n\n", [], id="no data, no event"),
        pytest.param(b"data: a\n", [], id="an event that is not ended is dropped"),
        pytest.param(b"data: a\n\ndata: b", [Event(b"a")], id="a line that is not ended is dropped"),
        pytest.param(b'{"error":"x"}\ndata: a\n\n', [Stray(b'{"error":"x"}'), Event(b"a")], id="a bare error"),
        pytest.param(b"data: \xe2\x80\xa8\x0c\n\n", [Event(b"\xe2\x80\xa8\x0c")], id="no other line ends"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"\xef\xbb", [], id="half a BOM"),
    ],
)
def test_a_stream_is_read_as_the_standard_says(stream: bytes, events: list[Event | Stray]) -> None:
    assert parse(stream) == events
    assert parse(*(stream[at : at + 1] for at in range(len(stream)))) == events


LINES = st.sampled_from(
    [
        b"data: a",
        b"data:",
        b"data: \xc3\xa9\xf0\x9f\x98\x80",
        b": comment",
        b"event: error",
        b"id: 1",
        b"",
        b"",
        b"junk",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.booleans(), st.lists(st.tuples(LINES, ENDS), max_size=30), st.lists(st.integers(0, 400), max_size=40))
def test_wherever_the_network_cuts_the_events_are_the_same(
    bom: bool, lines: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    stream = (b"\xef\xbb\xbf" if bom else b"") + b"".join(line + end for line, end in lines)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:stop] for start, stop in pairwise(places)]
    assert parse(*chunks) == parse(stream)


@given(st.binary(max_size=200), st.integers(1, 7))
def test_any_bytes_are_read_the_same_in_any_chunks(stream: bytes, size: int) -> None:
    assert parse(*(stream[at : at + size] for at in range(0, len(stream), size))) == parse(stream)
