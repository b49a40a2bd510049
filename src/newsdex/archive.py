"""The raw archive: every input's bytes, kept for ever as WARC 1.1 (ISO 28500:2017).

One file a writer, `YYYY/MM/DD/NAME.warc.gz`; each record is a gzip member of its own, so that `FILE#OFFSET` (a raw_ref)
finds a document without reading the others, and every WARC tool reads the files.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator

from newsdex.errors import UserError
from newsdex.records import Origin, RawDocument, rfc3339

_COMPRESSION_LEVEL = 6
_BLOCK = 1 << 20


class Archive:
    """The raw archive below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def writer(self, name: str, on: date) -> Iterator[ArchiveWriter]:
        """Open a new archive file for one writer alone; what it added is on the disk when the block ends.

        `on` is the day whose folder the file goes to. A file of that name is never appended to: a worker that died may
        have left a torn record at its end, so the next try writes `NAME-2`.
        """
        day = self.folder / f"{on:%Y/%m/%d}"
        day.mkdir(parents=True, exist_ok=True)
        path, file = _create(day, name)
        with file:
            writer = ArchiveWriter(file, path.relative_to(self.folder).as_posix())
            yield writer
            writer.flush()
        if path.stat().st_size == 0:
            path.unlink()
        _sync_folder(day)

    def read(self, raw_ref: str) -> bytes:
        """Give a document's bytes back, exactly as they were added.

        Raises `UserError` when nothing is there, or when what is there is not what was written.
        """
        name, _, offset = raw_ref.rpartition("#")
        path = self.folder / name
        if not name or not offset.isdecimal() or not path.resolve().is_relative_to(self.folder.resolve()):
            raise UserError(f"{raw_ref!r} is no place in the raw archive", "it looks like 2026/11/22/NAME.warc.gz#0")
        try:
            with path.open("rb") as file:
                file.seek(int(offset))
                record = next(iter(ArchiveIterator(file, parse_http=False)))
                content: bytes = record.reader.read()
                length, digest = int(record.headers["Content-Length"]), record.headers["WARC-Payload-Digest"]
        except FileNotFoundError as missing:
            raise UserError(f"{path}: no such file in the raw archive") from missing
        except (StopIteration, OSError, KeyError, ValueError) as wrong:
            raise UserError(
                f"{raw_ref}: no whole record is here: {wrong}", "the writer was stopped in mid-record"
            ) from wrong
        if len(content) != length or digest != _digest_header(hashlib.sha256(content).hexdigest()):
            raise UserError(f"{raw_ref}: the bytes are not those that were written", "restore the file from a backup")
        return content


class ArchiveWriter:
    """Adds records to one archive file. A raw_ref may be given out once `flush` has returned."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name

    def add(self, raw: RawDocument) -> str:
        """Write one document and give its raw_ref."""
        return self._write(raw.origin, len(raw.content), (raw.content,))

    def add_file(self, origin: Origin, path: Path) -> str:
        """Write a file that is too large for memory, block by block, and give its raw_ref."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return self._write(origin, size, iter(lambda: file.read(_BLOCK), b""))

    def flush(self) -> None:
        """Return when everything added so far is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, origin: Origin, length: int, blocks: Iterable[bytes]) -> str:
        offset = self._file.tell()
        member = GzipWriter(self._file, compression_level=_COMPRESSION_LEVEL)
        member.write(_header(origin, length))
        for block in blocks:
            member.write(block)
        member.write(b"\r\n\r\n")
        member.finish()
        return f"{self._name}#{offset}"


def _header(origin: Origin, length: int) -> bytes:
    lines = (
        "WARC/1.1",
        "WARC-Type: resource",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>",
        f"WARC-Date: {rfc3339(origin.fetched_at)}",
        f"WARC-Target-URI: {_target(origin.uri)}",
        f"WARC-Payload-Digest: {_digest_header(origin.sha256)}",
        f"Content-Type: {origin.media_type}",
        f"Content-Length: {length}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("utf-8")


def _target(uri: str) -> str:
    """Give an address as it is, a path as a `file:` URI: WARC wants one, percent-encoded."""
    if "://" in uri:
        return quote(uri, safe="%/:?#[]@!$&'()*+,;=~-._")
    return "file:" + ("//" if uri.startswith("/") else "") + quote(uri)


def _digest_header(sha256: str) -> str:
    return f"sha256:{sha256}"


def _create(day: Path, name: str) -> tuple[Path, BinaryIO]:
    attempt = 1
    while True:
        path = day / (f"{name}.warc.gz" if attempt == 1 else f"{name}-{attempt}.warc.gz")
        try:
            return path, path.open("xb")
        except FileExistsError:
            attempt += 1


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
