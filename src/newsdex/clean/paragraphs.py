"""What kind of line a paragraph is: prose, a sentence, or something short; in any script."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ´`′", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
        **dict.fromkeys("\u2010\u2011\u2012", "-"),
        "İ": "I",
        **{
            digit: str(value)
            for zero in "٠۰०০੦૦୦௦๐０"
            for value, digit in enumerate(map(chr, range(ord(zero), ord(zero) + 10)))
        },
    }
)
_CLOSERS = "\"'»«›”’“‘)]}）】」』》〉 \u00a0\u200b\u200c\u200d\u200e\u200f"
_TERMINALS = frozenset(".!?…。！？．؟۔।॥։།።၊။៖")
_FULL_STOPS = frozenset(".…。．۔।॥։།።၊။")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_THAI = re.compile(r"[\u0e00-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]")
_UNSPACED_LETTER = re.compile(_UNSPACED.pattern + "|" + _THAI.pattern)
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_HAS_LETTER = re.compile(r"[^\w\s]*(?:_[^\w\s]*)*[^\W_]\S*")
"""A word, as white space parts it, with a letter or a digit in it."""
_THAI_SENTENCE = 75
"""So many letters make running text in a script without full stops; a headline has fewer."""
_THAI_CLAUSE = 50
_INNER_STOP = re.compile(r"[^\W\d_]{2,}[\"'»”’)]?[.!?…؟۔।]\s|[。！？]")
_STEM = 6
"""Letters that inflection leaves alone in most words."""
_CONTENT_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]{4,}")
_UNSPACED_RUN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]{2,}")
_EMOJI_OR_SIGN = frozenset(("So", "Sk", "Cf", "Mn"))


def fold(text: str) -> str:
    """Make quotes straight, spaces plain and digits 0 to 9, one character for one, so that positions stay.

    The Turkish İ, which no folding of case knows, becomes I.

    >>> fold("“İki ३”")
    '"Iki 3"'
    """
    return text.translate(_FOLDED)


def count_words(text: str) -> int:
    """Count words; where a script writes none apart, guess: two Chinese or five Thai characters a word.

    >>> count_words("Two words"), count_words("北京天气")
    (2, 2)
    """
    if text.isascii():
        return len(_WORD.findall(text))
    if _UNSPACED_LETTER.search(text):
        rest = len(_ASCII_WORD.findall(text))
        return rest + (len(_UNSPACED.findall(text)) + 1) // 2 + len(_THAI.findall(text)) // 5
    return len(_HAS_LETTER.findall(text))


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends as a sentence does, quotes and brackets aside; Thai prints no stop, so length decides.

    >>> ends_sentence("“It is over.”"), ends_sentence("Iran, fentanyl")
    (True, False)
    """
    bare = text.rstrip(_CLOSERS)
    while bare and unicodedata.category(bare[-1]) in _EMOJI_OR_SIGN:
        bare = bare[:-1].rstrip(_CLOSERS)
    return bare[-1:] in _TERMINALS or _is_unstopped(text)


def _is_unstopped(text: str) -> bool:
    return _THAI.search(text) is not None and len(_THAI.findall(text)) >= _THAI_SENTENCE


def is_unspaced(text: str) -> bool:
    """Tell whether a line is in a script that has neither full stops nor blanks between words."""
    return 2 * len(_THAI.findall(text)) > len(text)


def may_be_unstopped(text: str) -> bool:
    """Tell whether a line is so long, in a script without full stops, that it may be a short sentence."""
    return len(_THAI.findall(text)) >= _THAI_CLAUSE


def content_words(folded: str) -> frozenset[str]:
    """Give the stems of a text's longer words; where a script writes none apart, its pairs of characters.

    >>> sorted(content_words("The bridges of Porto"))
    ['bridge', 'porto']
    """
    text = folded.casefold()
    pairs = (run[at : at + 2] for run in _UNSPACED_RUN.findall(text) for at in range(len(run) - 1))
    return frozenset((*(word[:_STEM] for word in _CONTENT_WORD.findall(text)), *pairs))


def is_prose(text: str) -> bool:
    """Tell whether a paragraph is running text: a sentence of some length, or long without a stop.

    A single short question or exclamation may be a headline, so it does not count.

    >>> is_prose("The bridge will stay closed until the spring."), is_prose("Who will pay for the bridge?")
    (True, False)
    """
    return measure(text).prose


@dataclass(frozen=True, slots=True)
class Measures:
    """What cleaning asks of every line: how many words, whether it ends as a sentence does, whether it is prose."""

    words: int
    sentence: bool
    prose: bool


def measure(text: str) -> Measures:
    """Count a line's words once and tell all that follows from it."""
    words, sentence = count_words(text), ends_sentence(text)
    return Measures(words, sentence, _is_prose(text, words, sentence))


def _is_prose(text: str, words: int, sentence: bool) -> bool:
    if words >= 28:
        return True
    if words < 6:
        return False
    bare = text.rstrip(_CLOSERS)
    if not sentence:
        return words >= 18 and _INNER_STOP.search(bare) is not None
    if bare[-1:] in _FULL_STOPS or text[-1:] in '"”»」』' or _is_unstopped(text):
        return True
    return words > 20 or _INNER_STOP.search(bare[:-1]) is not None
