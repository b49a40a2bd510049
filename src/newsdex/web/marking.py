"""What matched, marked in text that strangers wrote."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from newsdex.web.asked import MARKS

_MATCH = re.compile(f"{MARKS[0]}([^{MARKS[0]}{MARKS[1]}]*){MARKS[1]}")
_STRAY = re.compile(f"[{MARKS[0]}{MARKS[1]}]")


def marked(text: str | None, longest: int = 600) -> Markup:
    r"""Escape a highlight, then mark what matched, however many of the marks' characters its author put in.

    Only so many characters are shown, marks not counted: a headline may be a megabyte.

    >>> str(marked("<b>the \ue000bridge\ue001 \ue001is shut"))
    '&lt;b&gt;the <mark>bridge</mark> is shut'
    >>> str(marked("the \ue000bridge\ue001 is shut", 6))
    'the <mark>br</mark>…'
    """
    whole = text or ""
    pieces: list[Markup] = []
    left, place = longest, 0
    # No longer a beginning can be needed, as a mark is one character on either side of at least one.
    whole = whole[: 3 * longest + 2] if len(whole) > 3 * longest + 2 else whole
    for match in [*_MATCH.finditer(whole), None]:
        between = _STRAY.sub("", whole[place : match.start() if match else len(whole)])
        pieces.append(escape(between[:left]))
        left -= min(len(between), left)
        if match is None or not left:
            break
        pieces.append(Markup("<mark>{}</mark>").format(match[1][:left]))
        left -= min(len(match[1]), left)
        place = match.end()
    shortened = len(_STRAY.sub("", text or "")) > longest
    return Markup("").join(pieces) + ("…" if shortened else "")
