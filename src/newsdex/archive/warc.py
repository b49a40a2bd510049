"""WARC 1.1 records, as ISO 28500:2017 has them: their headers, written and read."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from newsdex.archive.members import BrokenError, Member
from newsdex.records import rfc3339

RESPONSE, RESOURCE, REVISIT, METADATA, WARCINFO = "response", "resource", "revisit", "metadata", "warcinfo"
DOCUMENTS = frozenset((RESPONSE, RESOURCE, REVISIT))
"""The record types that stand for a document."""

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTTP_RESPONSE = "application/http;msgtype=response"
END = b"\r\n\r\n"
"""What ends a header, and what follows a record's block."""

_MOST_HEADER = 1 << 20
_BLOCK = 1 << 16
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *;[\x20-\x7e]*)?", re.ASCII)


def new_id() -> str:
    """Give a record an id of its own."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def header(kind: str, record_id: str, date: datetime, fields: Iterable[tuple[str, str]], length: int) -> bytes:
    """Write a record's header; the block of `length` bytes and `END` follow it."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: {record_id}",
        f"WARC-Date: {rfc3339(date)}",
        *(f"{name}: {value}" for name, value in fields),
        f"Content-Length: {length}",
    ]
    return "\r\n".join((*lines, "", "")).encode("utf-8")


def target_uri(uri: str) -> str:
    r"""Give an address as it is, a path as a `file:` URI: WARC wants one, percent-encoded.

    >>> target_uri("inbox/caf\xe9 1.txt")
    'file:inbox/caf%C3%A9%201.txt'
    """
    if _ADDRESS.match(uri):
        return quote(uri, safe="%/:?#[]@!$&'()*+,;=~-._", errors="backslashreplace")
    return "file:" + ("//" if uri.startswith("/") else "") + quote(uri, errors="backslashreplace")


def media_type(printed: str) -> str:
    """Give a media type as a header may have it; what is none is `application/octet-stream`."""
    return printed if _MEDIA_TYPE.fullmatch(printed) else "application/octet-stream"


def digest_field(sha256: str) -> str:
    """Write a digest, given in hex, as WARC does."""
    return f"sha256:{sha256}"


@dataclass(frozen=True, slots=True)
class Header:
    """A record's header. Field names are in lower case."""

    fields: dict[str, str]

    @property
    def kind(self) -> str:
        """The record's type."""
        return self.fields.get("warc-type", "")

    @property
    def id(self) -> str:
        """The record's id."""
        return self.fields.get("warc-record-id", "")

    @property
    def digest(self) -> str:
        """The digest of the payload."""
        return self.fields.get("warc-payload-digest", "")

    @property
    def http(self) -> bool:
        """Whether the block begins with an HTTP header."""
        return self.fields.get("content-type", "").startswith("application/http")

    @property
    def refers_to(self) -> str | None:
        """Where the bytes of a revisit lie, as a raw_ref."""
        name, offset = self.fields.get("warc-refers-to-filename"), self.fields.get("warc-refers-to-file-offset")
        return f"{name}#{offset}" if name and offset else None


class Record:
    """One record being read: its header at once, its payload block by block.

    `head` is the HTTP header that stands before the payload, empty in a record that has none.
    """

    def __init__(self, member: Member) -> None:
        self._member = member
        self.header = _parse(member.read_through(END, _MOST_HEADER))
        try:
            length = int(self.header.fields["content-length"])
        except (KeyError, ValueError):
            raise BrokenError("a record without a length") from None
        self.head = member.read_through(END, min(length, _MOST_HEADER)) if self.header.http and length else b""
        self.length = length - len(self.head)

    @property
    def end(self) -> int:
        """Where the next record begins, once this one's blocks were read."""
        return self._member.end

    def blocks(self) -> Iterator[bytes]:
        """Give the payload. Raises `BrokenError` at its end when it is not as long as was written, or another."""
        hashed = hashlib.sha256()
        left = self.length
        while left and (block := self._member.read(min(left, _BLOCK))):
            hashed.update(block)
            left -= len(block)
            yield block
        if left or self._member.read(len(END) + 1) != END:
            raise BrokenError("a record is not as long as its header says")
        written = self.header.digest
        if written and self.header.kind != REVISIT and written != digest_field(hashed.hexdigest()):
            raise BrokenError("the bytes are not those that were written")

    def read(self, most: int | None = None) -> bytes:
        """Give the payload, of one longer than `most` its first `most` bytes; all of it is checked."""
        if most is None:
            return b"".join(self.blocks())
        kept = bytearray()
        for block in self.blocks():
            if len(kept) < most:
                kept += block[: most - len(kept)]
        return bytes(kept)


def _parse(printed: bytes) -> Header:
    version, *lines = printed.decode("utf-8", "replace").split("\r\n")
    if not version.startswith("WARC/1."):
        raise BrokenError("no WARC record")
    pairs = (line.partition(":") for line in lines if line)
    return Header({name.strip().lower(): value.strip() for name, _, value in pairs})
