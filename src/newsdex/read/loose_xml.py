"""XML as the web has it: read without entities of its own, without fetching anything, and mended where it is broken."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO

from lxml import etree

from newsdex.extract.decoding import decode
from newsdex.records import Origin, RawDocument, Response

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(?:\[.{0,65536}?\]\s{0,20})?>", re.DOTALL | re.IGNORECASE)
_DOCTYPE_WITHIN = 4_000
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,1000}>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7};|#x[0-9a-f]{1,6};|(?:amp|lt|gt|quot|apos);)|([a-z][a-z0-9]{1,31};)?)", re.I)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_text(content: bytes, url: str, headers: Iterable[tuple[str, str]] = ()) -> str:
    """Give the text of what a server sent, by what the server, an XML declaration and the bytes say of the encoding."""
    origin = Origin(url, datetime.min.replace(tzinfo=UTC), "text/html", hashlib.sha256(content).hexdigest())
    text, _, _ = decode(RawDocument(origin, content, response=Response(url, 200, tuple(headers))))
    return text


def parse_xml(text: str) -> etree._Element | None:
    """Read text as XML whatever is wrong with it; None when there is not one element.

    No entities but HTML's are known, so none can grow or reach out; nothing is nested deeper than 256.

    >>> parse_xml("<item><title>Caf&eacute; AT&T <b>opens</title>").findtext("title")
    'Café AT&T '
    """
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_mended(text), parser)
    except etree.XMLSyntaxError:
        return None
    return root if isinstance(root, etree._Element) else None


def stream_xml(text: str, name: str) -> Iterator[etree._Element]:
    """Give each element with a local name, whole, and forget it afterwards: large lists take no memory to speak of."""
    events = etree.iterparse(
        BytesIO(_mended(text)),
        events=("end",),
        tag=f"{{*}}{name}",
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            yield element
            element.clear()
            while (before := element.getprevious()) is not None:
                element.getparent().remove(before)
    except etree.XMLSyntaxError:
        return  # nothing of it could be read on


def _mended(text: str) -> bytes:
    """Take out what declares encodings and entities, and what no XML may hold; make HTML's entities characters."""
    text = text.lstrip("\ufeff")
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    text = _without_doctype(text)
    text = _SURROGATE.sub("\ufffd", _UNFIT.sub("", text))
    if "&" in text:
        pieces = _CDATA.split(text)
        pieces[::2] = [_REFERENCE.sub(_character, piece) for piece in pieces[::2]]
        text = "".join(pieces)
    return text.encode("utf-8")


def _without_doctype(text: str) -> str:
    at = text[:_DOCTYPE_WITHIN].upper().find("<!DOCTYPE")
    if at < 0:
        return text
    doctype = _DOCTYPE.match(text, at)
    return text[:at] + text[doctype.end() if doctype else at + len("<!DOCTYPE") :]


def _character(reference: re.Match[str]) -> str:
    if reference[1]:
        return reference[0]
    named = html.unescape(reference[0]) if reference[2] else ""
    if named and named != reference[0]:
        return named.replace("&", "&amp;").replace("<", "&lt;")
    return f"&amp;{reference[2] or ''}"
