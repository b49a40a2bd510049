"""A document comes back from the archive exactly as it was, whatever is in it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from newsdex.archive import Archive
from newsdex.archive.http_header import read, write
from newsdex.records import Door, FoundIn, Given, Origin, RawDocument, Response

ANY = st.text(max_size=20) | st.text(alphabet=" \r\n\t\x00%:;/é\udce9X-", max_size=8)
OPTIONAL = st.none() | ANY
NAMES = st.sampled_from(
    ["Content-Encoding", "content-length", "Content-Length", "transfer-encoding", "X-Crawler-Content-Encoding", "ETag"]
)
ORIGINS = st.builds(
    Origin,
    uri=ANY | st.just("https://news.example/caf\xe9?a=b%20c#d"),
    fetched_at=st.datetimes(timezones=st.just(UTC)),
    media_type=ANY | st.just("text/html"),
    sha256=ANY,
    publisher=OPTIONAL,
    encoding=OPTIONAL,
    door=st.sampled_from(Door),
    source=OPTIONAL,
    container=OPTIONAL,
)
GIVEN = st.builds(
    Given,
    found_in=st.sampled_from([FoundIn.FEED, FoundIn.RECORD]),
    url=OPTIONAL,
    headline=OPTIONAL,
    authors=st.lists(ANY, max_size=3).map(tuple),
    keywords=st.lists(ANY, max_size=3).map(tuple),
    published=OPTIONAL,
)
RESPONSES = st.builds(
    Response,
    url=ANY,
    status=st.integers(0, 999),
    headers=st.lists(st.tuples(NAMES | ANY, ANY), max_size=5).map(tuple),
)
DOCUMENTS = st.builds(
    RawDocument,
    origin=ORIGINS,
    content=st.binary(max_size=2_000),
    given=st.none() | GIVEN,
    response=st.none() | RESPONSES,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_every_document_comes_back_as_it_was(documents: list[RawDocument]) -> None:
    """Origin, what the feed said, what the server said, and the bytes; and a second time, as a repeat."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "archive", digests=Path(folder) / "digests.sqlite")
        references = []
        for name in ("first", "second"):
            with archive.writer(name, date(2026, 11, 22)) as writer:
                references += [writer.add(document) for document in documents]
        wanted = [
            replace(document, origin=replace(document.origin, raw_ref=reference))
            for document, reference in zip(documents * 2, references, strict=True)
        ]
        assert [archive.document(reference) for reference in references] == wanted
        assert list(archive.documents()) == wanted
        assert [archive.read(reference) for reference in references] == [document.content for document in wanted]


@given(st.integers(100, 599), st.lists(st.tuples(NAMES, st.from_regex(r"[!-~]+", fullmatch=True)), max_size=5))
def test_ordinary_headers_are_read_from_the_http_header(status: int, headers: list[tuple[str, str]]) -> None:
    """Under their own names again, in their order; only a server's own `X-Crawler-` names cannot be told apart."""
    response = Response("https://news.example/", status, tuple(headers))
    if not any(name.startswith("X-Crawler-") for name, _ in headers):
        assert read(write(response, 7), response.url) == response


def test_a_time_in_another_zone_is_the_same_time(tmp_path: Path) -> None:
    """It is written in UTC."""
    from datetime import timezone

    moment = datetime(2026, 11, 22, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    origin = Origin("x", moment, "text/plain", "")
    archive = Archive(tmp_path)
    with archive.writer("one", moment.date()) as writer:
        reference = writer.add(RawDocument(origin, b"Rain."))
    assert archive.document(reference).origin.fetched_at == moment
