"""Quoted speech: a sentence that only quotes a furniture phrase is a sentence of the story."""

from __future__ import annotations

import re

_QUOTED = re.compile(
    r'"[^"]{4,}"|«[^«»]{4,}»|»[^«»]{4,}«|「[^「」]{2,}」|『[^『』]{2,}』|《[^《》]{2,}》'
    r"|(?<!\w)'[^']{6,}'(?!\w)"
)
_MARKS = ('"', "«", "»", "「", "『", "《", "'")


def empty_quotations(folded: str) -> str | None:
    """Give a line with nothing between its quotation marks, None when it quotes nothing.

    >>> empty_quotations('"All rights reserved, except mine," the lawyer said.')
    '"" the lawyer said.'
    >>> empty_quotations("All rights reserved.") is None
    True
    """
    if not any(mark in folded for mark in _MARKS):
        return None
    emptied = _QUOTED.sub(lambda found: found.group()[0] + found.group()[-1], folded)
    return None if emptied == folded else emptied
