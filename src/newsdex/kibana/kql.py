"""Kibana's query language, as far as a saved query needs it: words, `field : value`, comparisons, and, or, not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(r'\s*(?:("(?:\\.|[^"\\])*")|(<=|>=|[<>:()])|((?:\\.|[^\s"():<>{}\\])+))')
_COMPARISONS = ("<", "<=", ">", ">=")
_JOINTS = ("and", "or", "not")


class KqlError(ValueError):
    """What was written is no KQL: the message says where it ends to be."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of no field: Kibana looks for them wherever the index searches when nothing is said."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One field asked for a value. `comparison` is `:`, `<`, `<=`, `>` or `>=`; an unquoted `*` asks for any value."""

    field: str
    comparison: str
    value: Words


@dataclass(frozen=True, slots=True)
class Joined:
    """Questions joined by `and` or by `or`."""

    joint: str
    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """What must not be."""

    part: Question


Question: TypeAlias = "Words | Asked | Joined | Negated"


def parse_kql(query: str) -> Question | None:
    """Read a query; None for an empty one. Raises `KqlError`.

    >>> parse_kql('language : "en"')
    Asked(field='language', comparison=':', value=Words(text='en', quoted=True))
    """
    reading = _Reading(list(_tokens(query)))
    return reading.whole() if reading.tokens else None


def asked_fields(query: str) -> list[str]:
    """Name the fields that a query asks, each once. Raises `KqlError`.

    >>> asked_fields('bridge and (language : (en or de) or not word_count > 100)')
    ['language', 'word_count']
    """
    return list(dict.fromkeys(_fields(parse_kql(query))))


def _fields(question: Question | None) -> Iterator[str]:
    if isinstance(question, Asked):
        yield question.field
    elif isinstance(question, Negated):
        yield from _fields(question.part)
    elif isinstance(question, Joined):
        for part in question.parts:
            yield from _fields(part)


def _tokens(query: str) -> Iterator[str]:
    place = 0
    while query[place:].strip():
        match = _TOKEN.match(query, place)
        if match is None:
            raise KqlError(f"{query[place:].strip()!r} cannot be read: a quote that is not closed?")
        yield match[match.lastindex or 0]
        place = match.end()


class _Reading:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self._at = 0

    def whole(self) -> Question:
        question = self._joined("or")
        if self._next is not None:
            raise KqlError(f"{self._next!r} is out of place")
        return question

    @property
    def _next(self) -> str | None:
        return self.tokens[self._at] if self._at < len(self.tokens) else None

    def _take(self) -> str:
        token = self._next
        if token is None:
            raise KqlError("it ends in the middle")
        self._at += 1
        return token

    def _joined(self, joint: str, field: str | None = None) -> Question:
        parts = [self._part(joint, field)]
        while (self._next or "").lower() == joint:
            self._at += 1
            parts.append(self._part(joint, field))
        return parts[0] if len(parts) == 1 else Joined(joint, tuple(parts))

    def _part(self, joint: str, field: str | None) -> Question:
        # `and` binds more closely than `or`, as in Kibana.
        return self._joined("and", field) if joint == "or" else self._single(field)

    def _single(self, field: str | None) -> Question:
        if (self._next or "").lower() == "not":
            self._at += 1
            return Negated(self._single(field))
        if self._next == "(":
            self._at += 1
            question = self._joined("or", field)
            if self._take() != ")":
                raise KqlError("a bracket is not closed")
            return question
        words = self._words()
        if field is not None:
            return Asked(field, ":", words)
        if self._next == ":":
            self._at += 1
            return self._single(words.text) if self._next == "(" else Asked(words.text, ":", self._words())
        if self._next in _COMPARISONS:
            return Asked(words.text, self._take(), self._words())
        return words

    def _words(self) -> Words:
        token = self._take()
        if token.startswith('"'):
            return Words(_plain(token[1:-1]), quoted=True)
        found: list[str] = []
        while True:
            if token in ("(", ")", ":", *_COMPARISONS) or token.lower() in _JOINTS or token.startswith('"'):
                raise KqlError(f"{token!r} is out of place")
            found.append(_plain(token))
            following = self._next
            if following is None or following in ("(", ")", ":", *_COMPARISONS) or following.lower() in _JOINTS:
                return Words(" ".join(found))
            token = self._take()


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
