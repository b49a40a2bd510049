"""Messages of Kafka as documents.

A message's value is a document, plain text or HTML, or a JSON object whose fields are read like those of a JSON line
(`newsdex.read.fields`). Its headers may name fields of the document: `url`, `headline`, `publisher`, `published` and so
on. A producer that has fetched a page passes on what the server said: `content-type`, `content-language` and
`last-modified` beside `url`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from newsdex.read.document import OpenedDocument, open_bytes
from newsdex.read.fields import BODY, FIELDS, FieldNames, RecordReader
from newsdex.read.lines import as_text
from newsdex.read.media_type import sniff
from newsdex.records import Door, FoundIn, Given, Response

_SEVERAL = {"authors": re.compile(r"\s*[;|]\s*"), "keywords": re.compile(r"\s*[,;|]\s*")}
"""What stands between the names or words of a header that has several."""

_OF_THE_SERVER = ("content-type", "content-language", "last-modified")
_JSON = "application/json"
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `value` is None for a tombstone, by which a producer says that a key is gone: no document.

    `produced_at` is the message's own time, None where it has none.
    """

    topic: str
    partition: int
    offset: int
    value: bytes | None
    produced_at: datetime | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def uri(self) -> str:
        """What the document is called: its place in Kafka.

        >>> Message("news", 0, 17, b"").uri
        'kafka://news/0/17'
        """
        return f"kafka://{self.topic}/{self.partition}/{self.offset}"


def open_message(message: Message, *, mapping: Mapping[str, str], read_at: datetime, limit: int) -> OpenedDocument:
    """Make the document of a message that has a value. One that is no document is refused, as `broken_record` or so.

    `fetched_at` is the message's time, unless its producer's clock runs ahead of ours, `read_at`.

    >>> moment = datetime(2026, 1, 1, tzinfo=UTC)
    >>> message = Message("news", 0, 3, b'{"title": "Floods", "text": "The river rose."}')
    >>> opened = open_message(message, mapping={}, read_at=moment, limit=1000)
    >>> opened.raw.content, opened.raw.given.headline, opened.raw.origin.uri
    (b'The river rose.', 'Floods', 'kafka://news/0/3')
    """
    value = message.value or b""
    headers = _text_headers(message)
    at = min(message.produced_at or read_at, read_at)
    records = RecordReader(FieldNames(mapping), Door.KAFKA, at, limit)
    if len(value) <= limit and _is_record(value, headers):
        opened = _open_record(value, message.uri, records)
    else:
        opened = open_bytes(value, uri=message.uri, fetched_at=at, limit=limit)
    given = _merged(opened.raw.given, _given(headers))
    raw = replace(opened.raw, origin=replace(opened.raw.origin, uri=message.uri))
    return replace(opened, raw=raw).placed(Door.KAFKA, given=given, response=_response(given, headers))


def time_of(milliseconds: int) -> datetime | None:
    """Give a message's time, which counts from 1970; None for what is none.

    >>> time_of(1_700_000_000_000).isoformat(), time_of(-1)
    ('2023-11-14T22:13:20+00:00', None)
    """
    if milliseconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _is_record(value: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether a message is said to be JSON, or looks like it where nothing is said of it."""
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if said == _JSON or said.endswith("+json"):
        return True
    return value.lstrip()[:1] in (b"{", b"[") and sniff(value).media_type == _JSON


def _open_record(value: bytes, name: str, records: RecordReader) -> OpenedDocument:
    try:
        record = _parse(value)
    except RecursionError:
        return records.broken(name, "nested too deeply to be a record", value)
    except ValueError as wrong:
        return records.broken(name, str(wrong), value)
    if not isinstance(record, dict):
        detail = f"the message is a {type(record).__name__}, where an object is expected"
        return records.broken(name, detail, value)
    return records.document(record, name, value)


def _parse(value: bytes) -> Any:
    """Parse JSON, which has to be UTF-8, UTF-16 or UTF-32, and is read where it is something else."""
    try:
        return json.loads(value)
    except UnicodeDecodeError:
        return json.loads(as_text(value))


def _text_headers(message: Message) -> dict[str, str]:
    """Give the headers that are text, by their names in small letters; of several of one name the last."""
    found = {}
    for name, value in message.headers:
        try:
            found[name.lower()] = (value or b"").decode("utf-8").strip()
        except UnicodeDecodeError:
            continue
    return found


def _given(headers: Mapping[str, str]) -> Given | None:
    """Read what the headers name, by our own names only: a header `date` or `source` may mean anything."""
    known: dict[str, Any] = {name: headers[name] for name in FIELDS if name != BODY and headers.get(name)}
    for name in _SEVERAL.keys() & known.keys():
        known[name] = tuple(filter(None, _SEVERAL[name].split(known[name])))
    return Given(FoundIn.RECORD, **known) if known else None


def _merged(record: Given | None, header: Given | None) -> Given | None:
    """Fill what the record leaves open with what the headers say."""
    if record is None or header is None:
        return record or header
    open_fields = [each.name for each in fields(Given) if not getattr(record, each.name)]
    return replace(record, **{name: getattr(header, name) for name in open_fields})


def _response(given: Given | None, headers: Mapping[str, str]) -> Response | None:
    """Give what the server said when the producer fetched the page, where the producer passes it on."""
    told = tuple((name, headers[name]) for name in _OF_THE_SERVER if headers.get(name))
    if given is None or given.url is None or not given.url.startswith(_WEB) or not told:
        return None
    return Response(given.url, 200, told)
