"""One text in one spelling, to tell it from others."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def fold(body: Iterable[str]) -> str:
    """Join paragraphs into one line without differences of width, case and spacing.

    >>> fold(["The  BRIDGE", "is ｏｐｅｎ."])
    'the bridge is open.'
    """
    return " ".join(unicodedata.normalize("NFKC", " ".join(body)).casefold().split())
