"""Walls: documents that only ask to accept cookies, to log in or to pay.

A story about these says something else besides.
"""

from __future__ import annotations

from newsdex.clean.appeals import Appeals
from newsdex.clean.sheet import Line, Sheet
from newsdex.clean.vocabulary import Words

_MOST_WORDS = 500
_LONGEST_ANSWER = 5
_NEARLY_ALL = 0.8
_MOST_WALL_WORDS = 120
_LEAST_ANSWERS = 2
_LONGEST_LABEL = 8
_LONGEST_STRAY = 14
"""Words: a longer line that says nothing of accounts or access tells a story."""


def is_consent_wall(lines: list[Line], words: Words) -> bool:
    """Tell whether nearly all a document says is about consent, and a line offers an answer."""
    total = sum(line.words for line in lines)
    if total > _MOST_WORDS or not any(_is_answer(line, words) for line in lines):
        return False
    long = [line for line in lines if line.words > _LONGEST_ANSWER]
    asking = sum(line.words for line in long if words.consent_topics.search(line.folded))
    return bool(long) and asking >= _NEARLY_ALL * sum(line.words for line in long)


def is_access_wall(sheet: Sheet) -> bool:
    """Tell whether a short document is about getting in: an account, a subscription, an address that is not there.

    Every sentence of some length says so, several of its lines are labels of a form or of a foot, and it has no day.
    """
    lines, words = sheet.lines, sheet.book.words
    if sum(line.words for line in lines) > _MOST_WALL_WORDS or any(sheet.masked(line).dates for line in lines):
        return False
    sentences = sorted((line for line in lines if line.sentence and line.words > 1), key=lambda line: -line.words)
    telling = 0
    for line in sentences:  # the longest first: most stories end here
        if not _is_about_access(line, words):
            if line.words > _LONGEST_STRAY:
                return False
            telling += 1
    if telling == len(sentences):
        return False
    labels = [line for line in lines if not line.sentence and _is_label(line, words, sheet.book.appeals)]
    return len(labels) >= _LEAST_ANSWERS and 2 * telling <= len(sentences)


def _is_answer(line: Line, words: Words) -> bool:
    return line.words <= _LONGEST_ANSWER and line.folded.casefold().startswith(words.consent_answers)


def _is_about_access(line: Line, words: Words) -> bool:
    return words.access.search(line.folded) is not None or words.consent_topics.search(line.folded) is not None


def _is_label(line: Line, words: Words, appeals: Appeals) -> bool:
    return line.words <= _LONGEST_LABEL and (_is_about_access(line, words) or appeals.are_buttons(line.folded))
