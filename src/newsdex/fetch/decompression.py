"""Undoing an answer's Content-Encoding while it arrives, and never further than a limit (RFC 9110, 8.4)."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import brotli

from newsdex.errors import Rejected
from newsdex.records import Reason, Stage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
"""What we say we can read."""

_MOST_LAYERS = 3
_ZSTD_WINDOW = 23
"""8 MB, the most that a decoder for the web has to have (RFC 9659)."""


class _Layer(Protocol):
    @property
    def complete(self) -> bool:
        """Whether the stream has come to its end: it may stop here."""

    def feed(self, data: bytes, most: int) -> bytes:
        """Give what the next bytes stand for, and stop soon after `most` of them."""


class Unpacking:
    """One answer's content, unpacked piece by piece.

    `feed` raises `Rejected`: `too_large` as soon as more than `limit` bytes have come out of any layer,
    `broken_compression` for a damaged stream. Codings that nobody knows (`utf-8`, `none`) are taken for none, as
    browsers do.

    >>> import gzip
    >>> unpacking = Unpacking("gzip", limit=100)
    >>> unpacking.feed(gzip.compress(b"Rain stopped play."))
    b'Rain stopped play.'
    >>> unpacking.finish()
    """

    def __init__(self, codings: str, limit: int) -> None:
        names = [name.strip().lower() for name in codings.split(",")]
        known = [_LAYERS[name] for name in names if name in _LAYERS]
        if len(known) > _MOST_LAYERS:
            raise _broken(f"packed {len(known)} times over")
        self._layers = [make() for make in reversed(known)]
        self._came_out = [0] * (len(self._layers) + 1)
        self._limit = limit
        self._began = False

    def feed(self, data: bytes) -> bytes:
        """Unpack the next piece of what arrived."""
        self._began = self._began or bool(data)
        self._count(0, data)
        for number, layer in enumerate(self._layers, 1):
            try:
                data = layer.feed(data, self._limit - self._came_out[number] + 1) if data else b""
            except (zlib.error, brotli.error, zstd.ZstdError) as wrong:
                raise _broken(f"the compressed answer is damaged: {wrong}") from wrong
            self._count(number, data)
        return data

    def finish(self) -> None:
        """Say that nothing more arrives. Raises `Rejected` when a stream has not come to its end."""
        if self._began and not all(layer.complete for layer in self._layers):
            raise _broken("the compressed answer ends early")

    def _count(self, layer: int, data: bytes) -> None:
        self._came_out[layer] += len(data)
        if self._came_out[layer] > self._limit:
            where = " after decompression" if layer else ""
            raise Rejected(Stage.READ, Reason.TOO_LARGE, f"more than {self._limit:,} bytes{where}")


class _Zlib:
    """Gzip, members in a row included, and deflate: zlib's format by the standard, often raw in practice."""

    def __init__(self, wrapper: int | None) -> None:
        self._wrapper = wrapper
        self._stream: Any = None
        self._first = b""
        self.complete = False

    def feed(self, data: bytes, most: int) -> bytes:
        pieces: list[bytes] = []
        came = 0
        data = self._first + data
        self._first = b""
        while data and came < most:
            if self._stream is None:
                if self.complete and not data.strip(b"\0"):
                    break  # padding after the last member
                if self._wrapper is None and len(data) < 2:
                    self._first = data
                    break
                self._stream = zlib.decompressobj(_deflate_wrapper(data) if self._wrapper is None else self._wrapper)
                self.complete = False
            piece = self._stream.decompress(data, most - came)
            pieces.append(piece)
            came += len(piece)
            data = self._stream.unused_data or self._stream.unconsumed_tail
            if self._stream.eof:
                self.complete = True
                self._stream = None
        return b"".join(pieces)


def _deflate_wrapper(start: bytes) -> int:
    is_zlib = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes, most: int) -> bytes:
        piece = self._stream.process(data, output_buffer_limit=most)
        pieces = [piece]
        came = len(piece)
        while came < most and not self._stream.can_accept_more_data():
            piece = self._stream.process(b"", output_buffer_limit=most - came)
            pieces.append(piece)
            came += len(piece)
        return b"".join(pieces)


class _Zstd:
    def __init__(self) -> None:
        self._stream: zstd.ZstdDecompressor | None = None
        self.complete = False

    def feed(self, data: bytes, most: int) -> bytes:
        pieces: list[bytes] = []
        came = 0
        while came < most:
            if self._stream is None:
                if not data:
                    break
                options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
                self._stream = zstd.ZstdDecompressor(options=options)
                self.complete = False
            piece = self._stream.decompress(data, most - came)
            pieces.append(piece)
            came += len(piece)
            data = b""
            if self._stream.eof:
                data = self._stream.unused_data
                self.complete = True
                self._stream = None
            elif self._stream.needs_input:
                break
        return b"".join(pieces)


_LAYERS: dict[str, Callable[[], _Layer]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": lambda: _Zlib(None),
    "br": _Brotli,
    "zstd": _Zstd,
}


def _broken(detail: str) -> Rejected:
    return Rejected(Stage.READ, Reason.BROKEN_COMPRESSION, detail)
