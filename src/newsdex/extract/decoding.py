"""Bytes to text: which encoding a document is in, and the text it holds. Never fails.

Order of belief: a byte order mark; UTF-8 that can be no accident; the charset the server declares, then the one the
page does; plain UTF-8; UTF-8 with a few broken bytes; a Japanese encoding that gives hiragana; what charset-normalizer
finds. Labels mean what browsers take them for (encoding.spec.whatwg.org: `iso-8859-1` is windows-1252, `gb2312` is
gb18030).
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from newsdex.extract.given import declared_charset
from newsdex.extract.latin_pages import LATIN_PAGES, read_as_latin
from newsdex.extract.repair import repair_mojibake
from newsdex.records import RawDocument

ENCODING_DETECTED = "encoding_detected"
"""Nothing declared the encoding and it is not UTF-8: it was guessed."""
ENCODING_MISDECLARED = "encoding_misdeclared"
"""The page or its server declares one charset, its bytes are in another."""
MOJIBAKE_REPAIRED = "mojibake_repaired"
"""The text had been decoded wrongly once before we got it, and this was undone."""
UNDECODABLE_BYTES = "undecodable_bytes"
"""Some bytes mean nothing in the encoding; U+FFFD stands for each."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.I)
_PRESCAN_BYTES = 1024
_LABELS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    # a declaration readable as ASCII cannot be UTF-16
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("iso8859_2", "koi8_r", "koi8_u", "cp866", "mac_roman", "cp437", "cp850"),
    *("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"),
]
_SAMPLE_BYTES = 65_536
_MIN_TELLING_CHARACTERS = 4
_JAPANESE = ("cp932", "euc_jp")
_HIRAGANA = re.compile("[\u3041-\u3096]")
_LEAST_HIRAGANA = 0.2
"""Of the characters beyond ASCII: running Japanese has more, another text read as Japanese hardly any."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(raw: RawDocument) -> tuple[str, str, tuple[str, ...]]:
    """Turn a document's bytes into text; give the text, the encoding's name, and flags.

    Mojibake, text that somebody decoded wrongly and saved again, is undone here as well. Any bytes at all give a text:
    what cannot be decoded becomes U+FFFD and is flagged.

    >>> from datetime import UTC, datetime
    >>> from newsdex.records import Origin
    >>> origin = Origin("x.txt", datetime(2024, 1, 1, tzinfo=UTC), "text/plain", "")
    >>> decode(RawDocument(origin, "déjà vu".encode()))
    ('déjà vu', 'utf-8', ())
    """
    text, encoding, flags = _decode(raw.content, _declarations(raw))
    if "\ufffd" in text and "\ufffd".encode() not in raw.content:
        flags.append(UNDECODABLE_BYTES)
    repaired = repair_mojibake(text)
    if repaired != text:
        flags.append(MOJIBAKE_REPAIRED)
    return repaired, encoding, tuple(dict.fromkeys(flags))


def declared_encoding(content: bytes) -> str | None:
    """Read the charset an HTML page declares in its first 1,024 bytes, as Python's codec name.

    >>> declared_encoding(b'<meta charset="ISO-8859-1">')
    'cp1252'
    """
    found = _DECLARED.search(content[:_PRESCAN_BYTES])
    return _codec(found.group(1).decode("ascii", "replace")) if found else None


def _codec(label: str | None) -> str | None:
    """Give the codec that browsers take a label for; None for what is no label of a text encoding."""
    try:
        name = codecs.lookup(label or "").name
        "".encode(name)  # refuses codecs that are no text encodings, such as hex
    except (LookupError, ValueError):
        return None
    return _LABELS.get(name, name)


def _declarations(raw: RawDocument) -> list[str]:
    """List the declared encodings, the server's before the page's, as browsers have it."""
    page = declared_encoding(raw.content) if raw.origin.media_type == "text/html" else None
    both = (_codec(declared_charset(raw.response)), page)
    return list(dict.fromkeys(codec for codec in both if codec is not None))


def _decode(content: bytes, declared: list[str]) -> tuple[str, str, list[str]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), encoding, []
    unicode_text = _strict(content, "utf-8")
    if "utf-8" in declared and (unicode_text is not None or _is_nearly_utf8(content)):
        declared = []
    if declared and unicode_text is not None and _many_beyond_ascii(unicode_text):
        return unicode_text, "utf-8", [ENCODING_MISDECLARED]
    for encoding in declared:
        declared_text = _strict(content, encoding)
        if declared_text is not None:
            return declared_text, encoding, []
    if unicode_text is not None and b"\x1b$" not in content and b"\0" not in content:
        return unicode_text, "utf-8", []
    return _detect(content, declared[0] if declared else None, unicode_text)


def _detect(content: bytes, declared: str | None, unicode_text: str | None) -> tuple[str, str, list[str]]:
    if b"\x1b$" in content and (text := _strict(content, "iso2022_jp_2")) is not None:
        return text, "iso2022_jp", [ENCODING_DETECTED]
    if content.count(b"\0") * 5 > len(content):
        little = content[1::2].count(b"\0") >= content[::2].count(b"\0")
        encoding = "utf-16-le" if little else "utf-16-be"
        return content.decode(encoding, "replace"), encoding, [ENCODING_DETECTED]
    if unicode_text is not None:
        return unicode_text, "utf-8", []
    if _is_nearly_utf8(content):
        return _SURROGATES.sub("\ufffd", content.decode("utf-8", "surrogateescape")), "utf-8", []
    if declared is not None and declared != "utf-8":
        text = content.decode(declared, "replace")
        if text.count("\ufffd") * 50 <= len(text):
            return text, declared, []
    encoding = _guess(content)
    return content.decode(encoding, "replace"), encoding, [ENCODING_DETECTED]


def _guess(content: bytes) -> str:
    """Guess from the lines that are beyond ASCII: the others tell nothing and make the guess slow and vague."""
    telling = b"\n".join(line for line in content.splitlines() if not line.isascii())[:_SAMPLE_BYTES]
    japanese = _find_japanese(telling)
    if japanese is not None:
        return japanese
    best = from_bytes(telling, cp_isolation=_CANDIDATES, enable_fallback=False, preemptive_behaviour=False).best()
    guessed = codecs.lookup(best.encoding).name if best is not None else "cp1252"
    latin = read_as_latin(telling)
    if latin is not None and (guessed in LATIN_PAGES or latin.certain):
        return latin.page
    return guessed


def _find_japanese(telling: bytes) -> str | None:
    """Find the Japanese encoding in which the bytes are whole characters, and many of them hiragana.

    No other script's bytes make so many: in Shift-JIS all hiragana begin with one byte, in EUC-JP with another, which
    are a quotation mark and a currency sign, or rare letters, elsewhere.
    """
    for encoding in _JAPANESE:
        try:  # incremental, because the sample may end within a character
            text = codecs.getincrementaldecoder(encoding)().decode(telling)
        except UnicodeDecodeError:
            continue
        hiragana = len(_HIRAGANA.findall(text))
        beyond = len(text) - sum(map(str.isascii, text))
        if hiragana >= max(_MIN_TELLING_CHARACTERS, _LEAST_HIRAGANA * beyond):
            return encoding
    return None


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_nearly_utf8(content: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from a text in another encoding."""
    nearly = content.decode("utf-8", "surrogateescape")
    broken = len(_SURROGATES.findall(nearly))
    whole = len(nearly) - broken - sum(map(str.isascii, nearly))
    return whole >= 3 * broken or (broken <= 3 and _broken_at_end(nearly))


def _many_beyond_ascii(text: str) -> bool:
    """Tell real UTF-8 from an accident: a text in a legacy charset is valid UTF-8 only when it is very short."""
    return len(text.encode()) - len(text) >= _MIN_TELLING_CHARACTERS


def _broken_at_end(text: str) -> bool:
    """Tell a file cut off in the middle of a character."""
    return not _SURROGATES.search(text[:-3])
