"""Raw documents for the tests of the archive."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

from newsdex.archive import Archive
from newsdex.read import open_bytes
from newsdex.records import Door, FoundIn, Given, Origin, RawDocument, Response

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 11, 22)


def raw(content: bytes, uri: str = "inbox/p/caf\xe9 1.txt") -> RawDocument:
    """Make a document of some bytes, as a file of the inbox."""
    return open_bytes(content, uri=uri, fetched_at=NOW, limit=100_000_000).raw


def page(content: bytes, uri: str = "https://news.example/story") -> RawDocument:
    """Make a document of some bytes, as a page that was fetched because a feed named it."""
    opened = open_bytes(content, uri=uri, fetched_at=NOW, limit=100_000_000).raw
    origin = Origin(uri, NOW, "text/html", opened.origin.sha256, door=Door.FEED, source="example-feed")
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "br"),
        ("Transfer-Encoding", "chunked"),
        ("content-length", "17"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    given = Given(FoundIn.FEED, url=uri, headline="A story", authors=("Jane Roe", "Otto Ber"))
    return RawDocument(origin, content, given, Response(f"{uri}/", 203, headers))


def story(number: int, length: int = 2_000) -> bytes:
    """Make a text of its own that does not compress well."""
    return b"Story %d. " % number + random.Random(number).randbytes(length // 2).hex().encode()


def fill(archive: Archive, contents: list[bytes], name: str = "one") -> list[str]:
    """Archive files with these contents, and flush."""
    with archive.writer(name, DAY) as writer:
        return [writer.add(raw(content, f"inbox/{number}.txt")) for number, content in enumerate(contents)]
