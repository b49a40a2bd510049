"""Reading one document: its bytes, decompressed, with what they are and where they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsdex.errors import Rejected
from newsdex.read.compression import gunzip, is_gzip
from newsdex.read.media_type import UNKNOWN, Sniffed, sniff
from newsdex.records import Door, Given, Origin, RawDocument, Reason, Rejection, Response, Stage

_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document whose bytes were read, whether or not the line takes it.

    A refused one (`reason`, with `detail` for a person) has its bytes too, as they lay on the disk: they are archived
    like any other. `oversized` names the file that is too large to be held in memory; its `raw.content` is empty,
    `raw.origin.sha256` is of the whole file. `elsewhere` says that the bytes are not to be archived: they stay in what
    `raw.origin.container` names, or there are none.
    """

    raw: RawDocument
    reason: Reason | None = None
    detail: str = ""
    oversized: Path | None = None
    elsewhere: bool = False

    @property
    def to_archive(self) -> bool:
        """Whether the bytes have yet to be written to the raw archive."""
        return self.raw.origin.raw_ref is None and not self.elsewhere

    def archived(self, raw_ref: str) -> OpenedDocument:
        """Give the same document, knowing its place in the raw archive."""
        origin = replace(self.raw.origin, raw_ref=raw_ref)
        return replace(self, raw=replace(self.raw, origin=origin))

    def placed(
        self,
        door: Door,
        container: str | None = None,
        *,
        given: Given | None = None,
        response: Response | None = None,
    ) -> OpenedDocument:
        """Give the same document, knowing by which door it came, and what stood around its bytes."""
        origin = replace(self.raw.origin, door=door, container=container)
        return replace(self, raw=replace(self.raw, origin=origin, given=given, response=response))

    def taken_for(self, media_type: str) -> OpenedDocument:
        """Give the same document as what somebody says it is who knows better than its content tells."""
        origin = replace(self.raw.origin, media_type=media_type)
        return replace(self, raw=replace(self.raw, origin=origin), reason=None, detail="")

    @property
    def rejection(self) -> Rejection | None:
        """The refusal as the record that goes to quarantine; None for a document that the line takes."""
        if self.reason is None:
            return None
        return Rejection(self.raw.origin, Stage.READ, self.reason, self.detail)


def open_file(
    path: Path, *, uri: str | None = None, publisher: str | None = None, fetched_at: datetime, limit: int
) -> OpenedDocument:
    """Read one file. `limit` is the largest document in bytes, before and after decompression.

    Raises `OSError` when the file cannot be read: that says nothing about the document.
    """
    name = readable(str(path) if uri is None else uri)
    with path.open("rb") as file:
        content = file.read(limit + 1)
        if len(content) <= limit:
            return open_bytes(content, uri=name, publisher=publisher, fetched_at=fetched_at, limit=limit)
        digest = hashlib.sha256(content)
        size = len(content)
        while block := file.read(_HASHED_AT_ONCE):
            digest.update(block)
            size += len(block)
    origin = Origin(name, fetched_at, UNKNOWN, digest.hexdigest(), publisher)
    return OpenedDocument(RawDocument(origin, b""), Reason.TOO_LARGE, _too_large(size, limit), oversized=path)


def open_bytes(
    content: bytes, *, uri: str, publisher: str | None = None, fetched_at: datetime, limit: int
) -> OpenedDocument:
    """Tell what one document's bytes are: the same as `open_file` for bytes already in hand."""
    content, found = _look_into(content, limit)
    origin = Origin(readable(uri), fetched_at, found.media_type, hashlib.sha256(content).hexdigest(), publisher)
    return OpenedDocument(RawDocument(origin, content), found.reason, found.detail)


def reopen(raw: RawDocument, *, limit: int) -> OpenedDocument:
    """Tell anew what the bytes of a document are that was opened before, and keep all that is known of it.

    What a server sent with an error is no document, whatever it looks like.
    """
    content, found = _look_into(raw.content, limit)
    origin = raw.origin
    if content is not raw.content:
        origin = replace(origin, sha256=hashlib.sha256(content).hexdigest())
    raw = replace(raw, origin=replace(origin, media_type=found.media_type), content=content)
    if raw.response is not None and raw.response.status >= 400:
        return OpenedDocument(raw, Reason.HTTP_ERROR, f"the server answered {raw.response.status}")
    return OpenedDocument(raw, found.reason, found.detail)


def refused(rejection: Rejection) -> OpenedDocument:
    """Give what was refused before there were any bytes, so that it goes the way of all others."""
    return OpenedDocument(RawDocument(rejection.origin, b""), rejection.reason, rejection.detail, elsewhere=True)


def read_file(
    path: Path, *, uri: str | None = None, publisher: str | None = None, fetched_at: datetime, limit: int
) -> RawDocument:
    """Read one file as a document, or raise `Rejected` when it is none that the line takes."""
    return _taken(open_file(path, uri=uri, publisher=publisher, fetched_at=fetched_at, limit=limit))


def read_bytes(
    content: bytes, *, uri: str, publisher: str | None = None, fetched_at: datetime, limit: int
) -> RawDocument:
    """Read bytes in hand as a document, or raise `Rejected` when it is none that the line takes."""
    return _taken(open_bytes(content, uri=uri, publisher=publisher, fetched_at=fetched_at, limit=limit))


def readable(name: str) -> str:
    r"""Give a file name that can be written as UTF-8: bytes in it that are none are spelled out.

    >>> readable("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _taken(opened: OpenedDocument) -> RawDocument:
    if opened.reason is not None:
        raise Rejected(Stage.READ, opened.reason, opened.detail)
    return opened.raw


def _look_into(content: bytes, limit: int) -> tuple[bytes, Sniffed]:
    """Undo gzip where there is any, and tell what the bytes are; those of a refused document stay as they came."""
    if len(content) > limit:
        return content, Sniffed(UNKNOWN, Reason.TOO_LARGE, _too_large(len(content), limit))
    if is_gzip(content):
        try:
            content = gunzip(content, limit)
        except Rejected as out:
            return content, Sniffed("application/gzip", out.reason, out.detail)
    return content, sniff(content)


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes; a document has {limit:,} at most"
