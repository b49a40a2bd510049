"""Adding documents to the archive: two records a document, its bytes and what was told of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsdex.archive import http_header, metadata, warc
from newsdex.archive.digests import Digests
from newsdex.archive.members import MemberWriter, pack
from newsdex.archive.storage import Sink, Storage
from newsdex.errors import UserError
from newsdex.records import Given, Origin, RawDocument, Response

_BLOCK = 1 << 20
_WORTH_A_REVISIT = 512
"""Bytes below which a revisit record is no shorter than the document itself."""

_WHAT_IT_IS = (
    "software: Newsdex\r\n"
    "format: WARC File Format 1.1\r\n"
    "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    "description: documents as they came in; a metadata record behind each tells what WARC has no field for\r\n"
).encode("ascii")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where bytes lie that the archive has, and the header of their record."""

    raw_ref: str
    header: warc.Header


class ArchiveWriter:
    """Adds documents to files of its own. A raw_ref may be given out once `flush` has returned.

    Bytes that the archive has are not stored again: a revisit record leads to them. It never leads to a record that is
    not safe yet: were that one torn by a crash, documents in other files would have lost their bytes, although their
    own records are whole. So only what `flush` has secured counts as had, also among a writer's own, and it is read
    back before it is believed.
    """

    def __init__(
        self,
        storage: Storage,
        name: str,
        on: date,
        *,
        file_bytes: int,
        digests: Digests | None = None,
        find: Callable[[str, str], Kept | None],
    ) -> None:
        if "/" in name or not name:
            raise ValueError(f"{name!r} is no name for an archive file")
        self._storage, self._name, self._on = storage, name, on
        self._file_bytes = file_bytes
        self._digests = digests
        self._find = find
        self._sink: Sink | None = None
        self._size = 0
        self._files = 1
        self._unsafe: list[tuple[str, int]] = []
        self._failed = False

    def add(self, raw: RawDocument) -> str:
        """Write one document and give its raw_ref."""
        return self._add(raw, hashlib.sha256(raw.content).hexdigest(), len(raw.content), lambda: (raw.content,))

    def add_file(
        self, origin: Origin, path: Path, *, given: Given | None = None, response: Response | None = None
    ) -> str:
        """Write a file that is too large for memory, block by block, and give its raw_ref.

        Raises `UserError` when the file changes meanwhile; nothing of it is in the archive then.
        """
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.file_digest(file, "sha256").hexdigest()

            def blocks() -> Iterator[bytes]:
                file.seek(0)
                hashed, read = hashlib.sha256(), 0
                while block := file.read(_BLOCK):
                    hashed.update(block)
                    read += len(block)
                    yield block
                if read != size or hashed.hexdigest() != digest:
                    raise UserError(f"{path} changes while it is archived", "try again when its writer has ended")

            return self._add(RawDocument(origin, b"", given, response), digest, size, blocks)

    def flush(self) -> None:
        """Return when everything added so far is safe: on the disk, or an object that the store has answered for."""
        if self._sink is None:
            return
        self._demand_sound()
        try:
            more = self._sink.secure()
        except BaseException:
            self._failed = True  # what a failed sync left on the disk, nobody knows
            raise
        if self._digests is not None and self._unsafe:
            self._digests.learn(self._sink.name, self._unsafe)
        self._unsafe = []
        if not more or self._size >= self._file_bytes:
            self.close()

    def close(self) -> None:
        """Let go of the file; what was added after the last `flush` may be lost."""
        if self._sink is not None:
            sink, self._sink = self._sink, None
            sink.close()

    def _add(self, raw: RawDocument, digest: str, length: int, blocks: Callable[[], Iterable[bytes]]) -> str:
        if self._size >= self._file_bytes:
            self.flush()
        kept = self._had(digest, length)
        head = b"" if raw.response is None else http_header.write(raw.response, length)
        record_id = warc.new_id()
        about = metadata.write(raw, head, digest)
        behind = pack(self._metadata_record(raw, record_id, about))
        sink = self._sink or self._begin(raw)
        start = self._size
        try:
            if kept is not None:
                self._put(sink, pack(self._header(raw, record_id, digest, head, 0, kept) + head + warc.END))
            elif length <= _BLOCK:
                content = b"".join(blocks())
                header = self._header(raw, record_id, digest, head, length, None)
                self._put(sink, pack(b"".join((header, head, content, warc.END))))
            else:
                self._put_large(sink, self._header(raw, record_id, digest, head, length, None) + head, blocks())
            self._put(sink, behind)
        except BaseException:
            self._take_back(sink, start)
            raise
        if kept is None and length >= _WORTH_A_REVISIT:
            self._unsafe.append((digest, start))
        return f"{sink.name}#{start}"

    def _had(self, digest: str, length: int) -> Kept | None:
        if self._digests is None or length < _WORTH_A_REVISIT:
            return None
        raw_ref = self._digests.find(digest)
        return None if raw_ref is None else self._find(raw_ref, digest)

    def _header(
        self, raw: RawDocument, record_id: str, digest: str, head: bytes, length: int, kept: Kept | None
    ) -> bytes:
        fields = [
            ("WARC-Target-URI", warc.target_uri(raw.origin.uri)),
            ("WARC-Payload-Digest", warc.digest_field(digest)),
        ]
        block_type = warc.HTTP_RESPONSE if head else warc.media_type(raw.origin.media_type)
        if head and kept is None:
            fields.append(("WARC-Identified-Payload-Type", warc.media_type(raw.origin.media_type)))
        if kept is not None:
            file, _, offset = kept.raw_ref.rpartition("#")
            fields += [
                ("WARC-Profile", warc.IDENTICAL_PAYLOAD),
                ("WARC-Refers-To", kept.header.id),
                ("WARC-Refers-To-Target-URI", kept.header.fields.get("warc-target-uri", "")),
                ("WARC-Refers-To-Date", kept.header.fields.get("warc-date", "")),
                # Outside the standard, and known to several tools: where the bytes are without an index of record ids.
                ("WARC-Refers-To-Filename", file),
                ("WARC-Refers-To-File-Offset", offset),
            ]
        fields.append(("Content-Type", block_type))
        kind = warc.REVISIT if kept is not None else warc.RESPONSE if head else warc.RESOURCE
        return warc.header(kind, record_id, raw.origin.fetched_at, fields, len(head) + length)

    def _metadata_record(self, raw: RawDocument, about_id: str, about: bytes) -> bytes:
        fields = (
            ("WARC-Target-URI", warc.target_uri(raw.origin.uri)),
            ("WARC-Concurrent-To", about_id),
            ("Content-Type", metadata.MEDIA_TYPE),
        )
        written = warc.header(warc.METADATA, warc.new_id(), raw.origin.fetched_at, fields, len(about))
        return b"".join((written, about, warc.END))

    def _begin(self, raw: RawDocument) -> Sink:
        self._demand_sound()
        sink = self._sink = self._storage.create(self._on, self._name, self._files)
        self._size = 0
        self._files += 1
        fields = (("WARC-Filename", sink.name.rpartition("/")[2]), ("Content-Type", "application/warc-fields"))
        header = warc.header(warc.WARCINFO, warc.new_id(), raw.origin.fetched_at, fields, len(_WHAT_IT_IS))
        try:
            self._put(sink, pack(header + _WHAT_IT_IS + warc.END))
        except BaseException:
            self._failed = True
            raise
        return sink

    def _put(self, sink: Sink, packed: bytes) -> None:
        sink.file.write(packed)
        self._size += len(packed)

    def _put_large(self, sink: Sink, header: bytes, blocks: Iterable[bytes]) -> None:
        member = MemberWriter(sink.file)
        member.write(header)
        for block in blocks:
            member.write(block)
        member.write(warc.END)
        member.finish()
        self._size += member.written

    def _take_back(self, sink: Sink, start: int) -> None:
        """Leave no piece of a record that could not be written; where even that fails, nothing more is written."""
        try:
            sink.file.seek(start)
            sink.file.truncate()
        except OSError:
            self._failed = True
        self._size = start

    def _demand_sound(self) -> None:
        if self._failed:
            raise UserError(
                f"the raw archive file {self._name} could not be written", "is the disk full? newsdex doctor tells"
            )
