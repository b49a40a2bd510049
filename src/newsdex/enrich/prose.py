"""What of a text is running words: addresses, code and capitals misguide every language identifier."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from newsdex.enrich.scripts import weigh_scripts

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?:^|(?<=\s))[@#]\w+")
_NO_CHARACTER = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffd-\\uffff]")
_NO_WORD = re.compile(r"(?=[A-Za-z0-9+/=]*[0-9])[A-Za-z0-9+/=]{10,}|[A-Za-z0-9+/=]{40,}")
_CODE_MARK = re.compile(r"[{}<>=;\\|]|_+|\[|\":")
_CODE_MARKS, _CODE_SHARE = 3, 0.03
_NAMES = 3
_GARBLED_SCRIPTS, _GARBLED_SHARE = 4, 0.08


def readable_prose(text: str) -> str:
    """Give a text without addresses, keys and characters that are none, and in small letters where capitals prevail.

    >>> readable_prose("STORM HITS COAST https://news.example/a?b=1")
    'storm hits coast  '
    """
    text = _NO_WORD.sub(" ", _ADDRESS.sub(" ", _NO_CHARACTER.sub(" ", text)))
    capitals = sum(map(str.isupper, text))
    return text.lower() if capitals * 2 > sum(map(_is_cased, text)) else text


def is_code(text: str) -> bool:
    """Tell a program, a style sheet or a data record from prose by its marks.

    >>> is_code('{"id": 7, "status": "ok"}; a=1'), is_code("He said: 5 < 6; she left.")
    (True, False)
    """
    marks = len(_CODE_MARK.findall(text))
    return marks >= _CODE_MARKS and marks >= _CODE_SHARE * len(text)


def is_garbled(scripts: Counter[str]) -> bool:
    """Tell letters thrown together from many scripts from any text that people write.

    >>> is_garbled(Counter({"Thai": 9, "Hebrew": 8, "Cyrillic": 7, "Latin": 5})), is_garbled(Counter({"Latin": 30}))
    (True, False)
    """
    weights = weigh_scripts(scripts)
    total = sum(weights.values())
    return sum(weight >= _GARBLED_SHARE * total for weight in weights.values()) >= _GARBLED_SCRIPTS


def resembles_names(text: str) -> bool:
    """Tell a name or a list of names, which is the same in many languages, from a phrase.

    >>> resembles_names("Angela Merkel / UEFA / Boeing 737"), resembles_names("Angela Merkel besucht Paris")
    (True, False)
    """
    words = [word for word in re.findall(r"\w+", text) if word[0].isalpha()]
    shouted = len(words) > 1 and text.isupper()
    listed = " / " in text or (len(words) <= _NAMES and not shouted)
    return bool(words) and listed and all(word[0].isupper() for word in words)


def _is_cased(character: str) -> bool:
    return unicodedata.category(character) in ("Lu", "Ll", "Lt")
