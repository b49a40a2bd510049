"""Bylines: which of the words after "By" are reporters' names, which their jobs, which the agency that helped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsdex.clean.vocabulary import Words

_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
_PARTS = re.compile(r"\s*[,;|/•·、，،&+]\s*|\s+[-–—]\s+")
_EMAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class Byline:
    """A byline read: reporters, and the other names in it, which may be agencies or publishers."""

    authors: tuple[str, ...]
    others: tuple[str, ...] = ()


def read_byline(text: str, words: Words) -> Byline:
    """Read the names in a byline from which the leading "By" is already gone.

    Parts that name a job are dropped; parts in brackets are never authors; capitals are lowered.
    """
    others = [part.strip() for found in _BRACKETS.findall(text) for part in _split(found, words)]
    text = _EMAIL.sub("", _BRACKETS.sub(" ", text)).strip(" .:-–—")
    authors: list[str] = []
    for part in _split(text, words):
        name = words.without_title(part)
        if not name or words.has_role(name):
            continue
        if words.is_person(name):
            authors.append(_lower_capitals(name))
        elif name[:1].isupper() or not name[:1].isascii():
            others.append(name)
    return Byline(tuple(dict.fromkeys(authors)), tuple(others))


def _split(text: str, words: Words) -> list[str]:
    parts = []
    for part in _PARTS.split(text):
        current: list[str] = []
        for word in part.split():
            if word.casefold() in words.joiners and (current or word.islower() or not word.isascii()):
                parts.append(" ".join(current))
                current = []
            else:
                current.append(word)
        parts.append(" ".join(current))
    return [part for part in parts if part]


def _lower_capitals(name: str) -> str:
    if not name.isupper() or not any(ch.isascii() or ch.lower() != ch for ch in name):
        return name
    return re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), name)
