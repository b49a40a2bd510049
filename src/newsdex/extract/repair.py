"""Undoing the damage that texts suffer on their way: mojibake, entities, stray tags, invisible characters.

Repair comes before cleaning, because cleaning partitions a text and rewrites nothing. Typography is the author's:
quotes, dashes and ligatures stay. Repairing twice is repairing once.
"""

from __future__ import annotations

import html
import re
import unicodedata

import ftfy

_MOJIBAKE_ONLY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
_LONGEST_LINE = 20_000
_PASSES = 8

_ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|#0{0,5}38|#x0{0,5}26);)+", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE = "a|abbr|acronym|b|bdi|bdo|big|cite|code|em|font|i|ins|del|mark|q|s|small|span|strong|strike|sub|sup|tt|u"
_BLOCK = "article|aside|blockquote|br|center|div|figcaption|figure|h[1-6]|hr|img|li|ol|p|section|table|tbody|td|tr|ul"
_ATTRIBUTES = r"""(?:\s+[A-Za-z-]{1,30}(?:\s*=\s*(?:"[^"<>]{0,2000}"|'[^'<>]{0,2000}'|[^\s"'<>]{1,2000}))?){0,20}"""
_INLINE_TAG = re.compile(rf"</(?:{_INLINE})\s*>|<(?:{_INLINE}){_ATTRIBUTES}\s*/?>", re.I)
_BLOCK_TAG = re.compile(rf"</(?:{_BLOCK})\s*>|<(?:{_BLOCK}){_ATTRIBUTES}\s*/?>", re.I)

_C1 = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_SPACES = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F], " ")
_DROPPED = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0E, 0x20),
        *(0x7F, 0x061C, 0x180E, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xFFF9, 0xFFFC),
    ]
)
_BREAKS = {0x0B: "\n", 0x0C: "\n", 0x2028: "\n", 0x2029: "\n"}
_TABLE: dict[int, str | None] = {
    **_C1,
    **_SPACES,
    **_DROPPED,
    **_BREAKS,
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_SOFT_HYPHEN = re.compile("\u00ad(?:\n[ \t]*)?")
_HIDDEN = re.compile(
    "".join(
        ["[", re.escape("".join(map(chr, _TABLE))), "\u00ad\r\u200b-\u200d", "]"]
    )  # what makes a text need the slow path
)
_ZERO_WIDTH = re.compile("[\u200b-\u200d]+")
_CURSIVE = re.compile("[\u0600-\u07bf\u0840-\u08ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
_INDIC = re.compile("[\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1b00-\u1b7f\ua980-\ua9df]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_PICTURE = re.compile("[\u203c-\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]")


def _find_suspects() -> re.Pattern[str]:
    """Find what a wrong decoding leaves: the first byte of a UTF-8 character beside a later one, as letters."""
    pairs = ["[\x80-\x9f]"]
    for encoding in ("latin-1", *_MISTAKEN_FOR):
        first, later = (
            "".join(bytes([code]).decode(encoding, "ignore") or chr(code) for code in codes)
            for codes in (range(0xC2, 0xF5), range(0x80, 0xC0))
        )
        pairs.append(f"[{re.escape(first)}][{re.escape(later)} \ufffd\x1a]")
    return re.compile("|".join(pairs))


_MISTAKEN_FOR = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2", "mac_roman", "cp437")
_SUSPECT = _find_suspects()


def repair(text: str, *, markup: bool = True) -> str:
    r"""Repair one text: mojibake, entities, stray tags, line ends, invisible and control characters, and NFC.

    With `markup=False` tags stay as they are: for text that came out of a parser, where `<b>` was written on purpose.
    Block tags become line breaks. `p < 0.01` is no tag. Non-breaking spaces become spaces; a zero-width joiner
    or non-joiner stays inside emoji and in Persian and Indic words, where it is spelling.

    >>> repair("Caf\u00c3\u00a9 &amp;amp; bar<br>p < 0.01 \u2013 \u201cso\u201d")
    'Café & bar\np < 0.01 – “so”'
    """
    for _ in range(_PASSES):
        repaired = _repair_once(text, markup=markup)
        if repaired == text:
            break
        text = repaired
    return text


def repair_mojibake(text: str) -> str:
    """Undo a wrong decoding, line by line, and leave a right text alone (ftfy tells which).

    >>> repair_mojibake("itâ€™s naÃ¯ve")
    'it’s naïve'
    >>> repair_mojibake("À L’ÎLE D’OLÉRON")
    'À L’ÎLE D’OLÉRON'
    """
    if text.isascii() or not _SUSPECT.search(text):
        return text
    return "\n".join(
        line
        if line.isascii() or len(line) > _LONGEST_LINE or not _SUSPECT.search(line)
        else ftfy.fix_encoding(line, _MOJIBAKE_ONLY)
        for line in text.split("\n")
    )


def _repair_once(text: str, *, markup: bool) -> str:
    if _HIDDEN.search(text):
        text = repair_mojibake(text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _SOFT_HYPHEN.sub("", text).translate(_TABLE)
        text = _ZERO_WIDTH.sub(_keep_spelling, text)
    else:
        text = repair_mojibake(text)
    if "&" in text:
        text = _ENTITY.sub(_unescape, _ESCAPED_AMPERSAND.sub("&", text))
    if markup and "<" in text:
        text = _BLOCK_TAG.sub("\n", _INLINE_TAG.sub("", text))
    return unicodedata.normalize("NFC", text)


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def _keep_spelling(match: re.Match[str]) -> str:
    """Keep the first joiner of a run where it is part of the spelling."""
    text, joiner = match.string, match.group()[0]
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end()] if match.end() < len(text) else ""
    if joiner == "\u200b":
        spelling = bool(_UNSPACED.match(before) and _UNSPACED.match(after))
    elif _CURSIVE.match(before):
        spelling = bool(_CURSIVE.match(after)) or joiner == "\u200d"
    else:
        between_pictures = _PICTURE.match(before) and _PICTURE.match(after)
        spelling = bool(_INDIC.match(before) or (joiner == "\u200d" and between_pictures))
    return joiner if spelling else ""
