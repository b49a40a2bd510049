"""What a document is, told by its first bytes and never by its name."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass

from newsdex.records import Reason

PLAIN_TEXT = "text/plain"
HTML = "text/html"
UNKNOWN = "application/octet-stream"

_SNIFFED_BYTES = 65_536
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_CONTROLS_ALLOWED = 0.005
"""A stray control character is a wart that repair takes out; more than this share of them is no text."""

_TEXTUAL_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
)

_HTML_START = re.compile(
    r"""(?:<!--.*?-->|\s)*
        (?:<!doctype\ html\b
         |<(?:html|head|body|title|meta|link|script|style|base|iframe|h[1-6]|div|p|br|b|i|a|em|strong|span|font|table|ul
            |ol|img|figure|article|section|main|header|nav|aside|footer|center|blockquote|pre|picture)[\s/>])""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_HTML_LATER = re.compile(r"^\s*(?:<!doctype html\b|<html[\s>])", re.IGNORECASE | re.MULTILINE)
_XHTML = re.compile(r"<!doctype\s+html\b|<html[\s>]", re.IGNORECASE)
_XML_START = re.compile(
    r"(?:<\?xml\b.*?\?>|<!--.*?-->|<!doctype\s[^>]*>|\s)*<([a-z_][\w.:-]*)[\s/>]", re.IGNORECASE | re.DOTALL
)
_JSON_START = re.compile(r'[\[\s]*\{\s*"[^"\n]{1,200}"\s*:')
_SHEBANG = re.compile(r"#!\s*/|<\?php\b|<\?=")
_CODE_LINE = re.compile(
    r"""(?:import|from|package|using|include|require)\s[\w.*{}\s,]+;?$|from\s+[\w.]+\s+import\s|\#\s*include\s*[<"]
        |(?:export\s+|public\s+|private\s+|static\s+|async\s+)*(?:def|class|function|func|fn|const|let|var|struct|enum)\s+\w+.*[:;{)=]
        |.*[;{}]$|//|/\*|\#\s*define\s|return\b.*""",
    re.VERBOSE,
)
_CODE_LINES_SEEN = 60
_CODE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A media type, and when no reader takes it, the reason and a sentence that says what it is instead."""

    media_type: str
    reason: Reason | None = None
    detail: str = ""


def sniff(content: bytes) -> Sniffed:
    """Tell what the bytes are: plain text, HTML, or something that no reader takes.

    HTML is told as browsers do (WHATWG MIME Sniffing, 7.1), with the tags added that fragments of today's pages begin
    with; what follows a byte order mark is text even where it is full of NULs. Text stays text where in doubt.

    >>> sniff(b"<!DOCTYPE html><title>Floods</title>").media_type
    'text/html'
    >>> sniff(b"MONTEVIDEO - The river rose again on Tuesday.").media_type
    'text/plain'
    >>> sniff(b'{"headline": "Floods"}').reason.value
    'unsupported_type'
    """
    if not content.strip(b" \t\r\n\f\v\0"):
        return Sniffed(UNKNOWN, Reason.EMPTY_INPUT, "no bytes" if not content else "nothing but white space")
    head = content[:_SNIFFED_BYTES]
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if encoding is None and (binary := _binary(head)) is not None:
        return binary
    text = _readable(head, encoding).lstrip("\ufeff")
    if not text.strip():
        return Sniffed(PLAIN_TEXT, Reason.EMPTY_INPUT, "nothing but white space")
    return _sniff_text(text, whole=len(content) <= _SNIFFED_BYTES)


def _readable(head: bytes, encoding: str | None) -> str:
    if encoding is None:
        return head.decode("latin-1")
    width = 4 if encoding == "utf-32" else 2
    return head[: len(head) // width * width if encoding != "utf-8" else None].decode(encoding, errors="replace")


def _binary(head: bytes) -> Sniffed | None:
    for signature, media_type in _TEXTUAL_SIGNATURES:
        if head.lstrip().startswith(signature):
            return Sniffed(media_type, Reason.BINARY, f"looks like {media_type}")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls <= _CONTROLS_ALLOWED * len(head):
        return None
    name, media_type = _name_of(head)
    return Sniffed(media_type, Reason.BINARY, f"looks like {name}")


def _name_of(head: bytes) -> tuple[str, str]:
    import puremagic  # its table of signatures is loaded only for the rare binary

    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return "binary data of an unknown kind", UNKNOWN
    return best.name or best.extension, best.mime_type or UNKNOWN


def _sniff_text(text: str, *, whole: bool) -> Sniffed:
    start = text[:4096]
    if _SHEBANG.match(start.lstrip()):
        return _unsupported("text/x-script", "program source")
    if _HTML_START.match(start) or _HTML_LATER.search(start):
        return Sniffed(HTML)
    if xml := _XML_START.match(start):
        if _XHTML.search(start):
            return Sniffed(HTML)
        root = xml.group(1)
        if start.lstrip().startswith("<?xml") or text.rstrip().endswith(f"</{root}>"):
            return _unsupported("application/xml", f"an XML document <{root}>")
    if _is_json(text, whole=whole):
        return _unsupported("application/json", "JSON")
    if _is_program(text):
        return _unsupported("text/x-script", "program source")
    return Sniffed(PLAIN_TEXT)


def _unsupported(media_type: str, what: str) -> Sniffed:
    return Sniffed(media_type, Reason.UNSUPPORTED_TYPE, f"{what}: only plain text and HTML are read here")


def _is_json(text: str, *, whole: bool) -> bool:
    if _JSON_START.match(text):
        return True
    if not whole or text.lstrip()[:1] not in ("[", "{"):
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


def _is_program(text: str) -> bool:
    """Tell program source from prose by its lines: most of a program's end or begin as no sentence does."""
    lines = [line.strip() for line in text[:20_000].splitlines() if line.strip()][:_CODE_LINES_SEEN]
    code = sum(1 for line in lines if _CODE_LINE.match(line))
    return code >= 3 and code >= _CODE_SHARE * len(lines)
