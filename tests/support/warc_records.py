"""WARC records made by hand, as a crawler writes them, for tests of what reads them."""

from __future__ import annotations

import gzip


def page(number: int, words: str = "") -> bytes:
    """Write a page with a story of its own."""
    headline = f"Ferry {number} returns to the harbour"
    return (
        f"<!DOCTYPE html><html><head><title>{headline}</title></head><body><article><h1>{headline}</h1>"
        f"<p>The ferry with the number {number} came back on Tuesday after {number + 3} days at sea, its captain said "
        f"in the harbour of Colonia. {words}</p><p>Its {number * 17 + 5} passengers were taken to a hotel, and the "
        "company promised to pay for their way home.</p></article></body></html>"
    ).encode()


def record(
    content: bytes = b"",
    *,
    address: str = "https://paper.example/ferry",
    kind: str = "response",
    status: str = "200 OK",
    headers: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",),
    date: str = "2024-11-19T00:16:00Z",
    packed: bool = True,
) -> bytes:
    """Write one record: a page with its HTTP header, or what else `kind` says. `packed` makes it a gzip member."""
    block = content
    if kind == "response":
        block = "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + content
    of = "application/http; msgtype=response" if kind == "response" else "application/warc-fields"
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-123456789012>",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: {address}",
        f"Content-Type: {of}",
        f"Content-Length: {len(block)}",
    )
    whole = "\r\n".join((*lines, "", "")).encode() + block + b"\r\n\r\n"
    return gzip.compress(whole, 6) if packed else whole
