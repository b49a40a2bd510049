"""Credits: which names in a source line are agencies that config/ knows, and which a publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsdex.clean.vocabulary import Words
from newsdex.rules import Rules

_PARTS = re.compile(r"\s*[/,+;、，،|&()（）]\s*|\s+[-–—]\s+")


@dataclass(frozen=True, slots=True)
class Credit:
    """The agencies (by the names config/ gives them) and publishers that a credit names."""

    agencies: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()


def read_credit(text: str, rules: Rules, words: Words) -> Credit:
    """Read a credit; generic words such as "news agencies" name no one, and an aggregator is no publisher."""
    whole = text.strip(" .:-–—()[]\"'")
    known = rules.publisher(whole)
    if known is not None:
        return Credit() if known.aggregator else Credit(publishers=(known.name,))
    if whole.casefold() in rules.agencies_by_name:
        return Credit(agencies=(rules.agencies_by_name[whole.casefold()].name,))
    agencies: list[str] = []
    publishers: list[str] = []
    for part in _split(whole, words):
        agency = rules.agencies_by_name.get(part.casefold())
        publisher = rules.publisher(part)
        if agency is not None:
            agencies.append(agency.name)
        elif publisher is not None:
            publishers += [] if publisher.aggregator else [publisher.name]
        elif not words.is_generic(part) and _is_name(part):
            publishers.append(part)
    if not agencies and len(publishers) > 1 and len(whole.split()) <= 7:
        publishers = [whole]
    return Credit(tuple(agencies), tuple(publishers))


def _split(text: str, words: Words) -> list[str]:
    parts: list[str] = []
    for piece in _PARTS.split(text):
        current: list[str] = []
        for word in piece.split():
            if word.casefold() in words.joiners:
                parts.append(" ".join(current))
                current = []
            else:
                current.append(word)
        parts.append(" ".join(current))
    return [part.strip(" .") for part in parts if part.strip(" .")]


def _is_name(part: str) -> bool:
    return (
        len(part) > 1
        and len(part.split()) <= 7
        and (part[0].isupper() or not part[0].isascii() or part[0].isdigit() or any(map(str.isupper, part)))
    )
