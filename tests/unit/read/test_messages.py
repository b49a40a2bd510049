"""Messages of Kafka as documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsdex.read import OpenedDocument
from newsdex.read.messages import Message, open_message
from newsdex.records import Door, FoundIn, Reason

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LIMIT = 1_000


def opened(value: bytes, at: datetime | None = None, **headers: bytes) -> OpenedDocument:
    """Open a message with headers, whose underscores stand for hyphens."""
    named = tuple((name.replace("_", "-"), content) for name, content in headers.items())
    return open_message(Message("news", 2, 17, value, at, named), mapping={}, read_at=NOW, limit=LIMIT)


def test_a_message_is_called_by_its_place() -> None:
    """Also one whose headers or fields name an address: that is the article's, not the message's."""
    origin = opened(b"It rained.", url=b"https://paper.example/1").raw.origin
    assert (origin.uri, origin.container, origin.door) == ("kafka://news/2/17", None, Door.KAFKA)
    assert opened(b'{"url": "https://paper.example/1", "text": "It rained."}').raw.origin.uri == "kafka://news/2/17"


def test_the_bytes_are_the_document() -> None:
    """Of an object the body, of anything else the whole."""
    assert opened(b"It rained.").raw.content == b"It rained."
    assert opened(b' {"title": "Rain", "text": "It rained."}').raw.content == b"It rained."


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b'{"title": "Rain", "text": "It', "Unterminated"),
        (b'[{"text": "It rained."}]', "list"),
        (b'{"title": "Rain"}', "no field with the body"),
        (b'{"text": ' + b"[" * 900, ""),
    ],
)
def test_a_broken_object_is_refused_with_its_bytes(value: bytes, why: str) -> None:
    """It is one message; the detail says what is wrong with it."""
    document = opened(value)
    assert document.reason is Reason.BROKEN_RECORD
    assert why in document.detail
    assert document.raw.content == value


def test_what_is_said_to_be_json_has_to_be() -> None:
    """The same text without the header is a document."""
    assert opened(b"It rained.", content_type=b"application/json; charset=utf-8").reason is Reason.BROKEN_RECORD
    assert opened(b"It rained.", content_type=b"application/vnd.news+json").reason is Reason.BROKEN_RECORD
    assert opened(b"It rained.").reason is None


def test_an_object_in_another_encoding_is_read() -> None:
    """As a line of JSON Lines would be."""
    value = '{"title": "Déjà vu", "text": "It rained."}'
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        given = opened(value.encode(encoding), content_type=b"application/json").raw.given
        assert given is not None
        assert given.headline == "Déjà vu"


def test_prose_in_a_bracket_is_no_object() -> None:
    """A story may begin with one."""
    assert opened(b"[Updated on Monday] It rained.").reason is None


def test_what_is_too_large_is_refused() -> None:
    """JSON too, which is then not parsed."""
    assert opened(b"x" * (LIMIT + 1)).reason is Reason.TOO_LARGE
    assert opened(b'{"text": "' + b"x" * LIMIT + b'"}').reason is Reason.TOO_LARGE


def test_headers_fill_what_the_object_leaves_open() -> None:
    """By our own names only; lists are cut."""
    value = b'{"title": "Rain", "text": "It rained."}'
    given = opened(
        value, headline=b"Sun", Authors=b"Ann Roe; Bo Lee", keywords=b"rain, sea", date=b"2001-01-01"
    ).raw.given
    assert given is not None
    assert (given.found_in, given.headline, given.authors) == (FoundIn.RECORD, "Rain", ("Ann Roe", "Bo Lee"))
    assert (given.keywords, given.published) == (("rain", "sea"), None)


def test_a_header_that_is_no_text_says_nothing() -> None:
    """Tracing headers are bytes."""
    assert opened(b"It rained.", headline=b"\xff\xfe", traceparent=b"\x00\x01").raw.given is None


def test_what_a_server_said_counts_beside_the_address() -> None:
    """Without one nobody knows whose words they are."""
    said = {"content_type": b"text/html; charset=koi8-r", "last_modified": b"Mon, 02 Mar 2026 08:00:00 GMT"}
    response = opened(b"It rained.", url=b"https://paper.example/1", **said, server=b"nginx").raw.response
    assert response is not None
    assert response.url == "https://paper.example/1"
    assert dict(response.headers).keys() == {"content-type", "last-modified"}
    assert opened(b"It rained.", **said).raw.response is None


def test_it_was_fetched_when_it_was_produced() -> None:
    """A producer whose clock runs ahead is not believed."""
    assert opened(b"It rained.", NOW - timedelta(days=3)).raw.origin.fetched_at == NOW - timedelta(days=3)
    assert opened(b"It rained.", NOW + timedelta(days=3)).raw.origin.fetched_at == NOW
    assert opened(b"It rained.").raw.origin.fetched_at == NOW
