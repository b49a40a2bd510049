"""The publisher: a small decision, weighed from all that a document says of whose it is.

No single line settles it: a copyright line may be an agency's, a masthead a section's name, a byline may name the
reporter's own paper or the one that lent him. Each clue has a weight, and what several places name in one spelling or
another (`Marsh Herald`, `The Marsh Herald`, `marshherald.example`) adds up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsdex.clean.own_rules import BARE_BYLINE, BARE_PUBLISHER, CLOSING_BYLINE, SITE_NAME
from newsdex.clean.owner import (
    called_names,
    claimed_names,
    credited_names,
    foot_names,
    invited_names,
    masthead_names,
)
from newsdex.clean.paragraphs import fold
from newsdex.clean.sheet import Clue, Line, Sheet
from newsdex.records import ExtractedArticle
from newsdex.rules import Publisher

_READERS = (
    (claimed_names, 0.8),
    (called_names, 0.7),
    (masthead_names, 0.25),
    (invited_names, 0.5),
    (foot_names, 0.4),
    (credited_names, 0.35),
)
_LISTS = ("-related", "-related-block", "-might-interest", "-also-heading")
"""Rules of which the first line is a heading that may name the paper, and the others are links to stories."""
_SAYS_SO = 0.2
"""What a name gains that says itself to be a paper's: `Herald`, `Küstenblatt`, `The ...`."""

_BY_RULE = {SITE_NAME: 0.8, BARE_PUBLISHER: 0.45, BARE_BYLINE: 0.6, CLOSING_BYLINE: 0.3}
_NAMED = 0.9
"""The weight of what a rule's own pattern calls the publisher."""
_BYLINE = 0.6
_DOMAIN = re.compile(r"(?:https?://|www\.|@)?((?:[\w-]+\.)*?)(?P<label>[\w-]{3,40})\.[a-z]{2,10}(?:\.[a-z]{2})?$", re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.|@)(?:[\w-]+\.)*?([\w-]{3,40})\.[a-z]{2,10}\b", re.IGNORECASE)
_FROM_ADDRESS = 0.2
_REPEATED = 0.2
_LEAST = 0.39
_OUTRIGHT = 0.7
"""What weighs as much names the publisher in so many words, whatever the name looks like."""
_EDGES = " .,:;|-–—«»\"'“”„()[]©"
_YEAR = re.compile(r"^(?:19|20)\d\d\s|\s(?:19|20)\d\d$")
_MOST_CHARACTERS = 260
_MOST_REJECTED = 4


@dataclass(slots=True)
class Candidate:
    """A name that may be the publisher's, with the clues for it; `weight` is between 0 and 1."""

    name: str
    weight: float = 0.0
    clues: list[Clue] = field(default_factory=list)

    def add(self, clue: Clue, weight: float) -> None:
        """Add a clue; the same line counts once."""
        if any(clue.text == other.text for other in self.clues):
            return
        self.weight = 1 - (1 - self.weight) * (1 - weight)
        self.clues.append(clue)


@dataclass(frozen=True, slots=True)
class Decision:
    """The publisher decided on, None when nothing names one; `source` says who told when no line had to."""

    name: str | None
    source: str | None = None
    chosen: Candidate | None = None
    rejected: tuple[Candidate, ...] = ()


def decide_publisher(extracted: ExtractedArticle, sheet: Sheet, known: Publisher | None) -> Decision:
    """Decide who published a document: what the operator or the page's metadata says, else what its lines say."""
    if known is not None and not known.aggregator:
        return Decision(known.name, "config")
    if extracted.origin.publisher and known is None:
        return Decision(extracted.origin.publisher, "operator")
    if extracted.publisher and not (known and known.aggregator):
        return Decision(extracted.publisher, "metadata")
    candidates = weigh(sheet)
    chosen = candidates[0] if candidates and candidates[0].weight >= _LEAST else None
    rest = [candidate for candidate in candidates if candidate is not chosen]
    return Decision(chosen.name if chosen else None, None, chosen, tuple(rest[:_MOST_REJECTED]))


def weigh(sheet: Sheet) -> list[Candidate]:
    """Collect the names that a document's lines give its publisher, the best founded first."""
    candidates: dict[str, Candidate] = {}
    for clue, weight in _clues(sheet):
        name = _behind_person(sheet, _YEAR.sub("", clue.value.strip(_EDGES)).strip(_EDGES))
        key = _key(sheet, name)
        if len(key) > 1 and _is_free(sheet, name) and not (weight < _OUTRIGHT and _is_common(sheet, name)):
            candidates.setdefault(key, Candidate(name)).add(clue, weight)
    _join_variants(sheet, candidates)
    _count_repetitions(sheet, candidates)
    return sorted(candidates.values(), key=lambda candidate: -candidate.weight)


def _clues(sheet: Sheet) -> Iterator[tuple[Clue, float]]:
    for clue in sheet.clues:
        if clue.field == "publisher":
            weight = _BYLINE if clue.rule.endswith(("-byline", "-signed")) else _BY_RULE.get(clue.rule, _NAMED)
            yield clue, weight
    taken = sheet.taken()
    rules = {line.at: line.rule for line in taken}
    for line in taken:
        if len(line.text) > _MOST_CHARACTERS:
            continue
        is_link = (
            (line.rule or "").endswith(_LISTS)
            and rules.get(line.at - 1) == line.rule
            and not sheet.book.appeals.is_appeal(line.folded, at_edge=True)
        )
        for read, weight in _READERS:
            if is_link and read is invited_names:
                continue
            for name in read(sheet, line):
                gain = _SAYS_SO if weight < 0.5 and _says_so(sheet, name) else 0.0
                yield Clue("publisher", name, line.rule or "", line.text), weight + gain


def _behind_person(sheet: Sheet, name: str) -> str:
    """Give the paper behind its photographer or reporter: `Jane Roe, Marsh Herald`."""
    first, comma, rest = name.partition(", ")
    return rest if comma and rest and sheet.book.words.is_person(first) else name


def _is_common(sheet: Sheet, name: str) -> bool:
    """Tell what is no name, wherever it stands: labels side by side, a sentence to the reader, a page's own words."""
    words = sheet.book.words
    parts = [part.strip(_EDGES) for part in name.casefold().split()]
    return (
        "|" in name
        or (name.split()[0].islower() and not any(map(str.isdigit, name)))
        or all(part in words.on_pages for part in parts)
        or any(part in words.spoken for part in parts)
        or sheet.book.appeals.are_buttons(fold(name))
    )


def _says_so(sheet: Sheet, name: str) -> bool:
    words = sheet.book.words
    parts = name.casefold().split()
    return (
        words.is_publisher(name)
        or words.caseless_paper.fullmatch(name) is not None
        or any(words.is_compound(part.rpartition("-")[2]) for part in parts)
        or ("-" in name and words.is_organisation(parts[-1].rpartition("-")[2]))
        or (len(parts) > 1 and parts[0] in words.articles)
    )


def _key(sheet: Sheet, name: str) -> str:
    """Fold a name to what all its spellings share: letters, without the article or the ending of a domain."""
    domain = _DOMAIN.fullmatch(name)
    return "".join(filter(str.isalnum, "".join(_words(sheet, domain["label"] if domain else name))))


def _words(sheet: Sheet, name: str) -> list[str]:
    first, *others = name.casefold().split() or [""]
    return others if others and first in sheet.book.words.articles else [first, *others]


def _join_variants(sheet: Sheet, candidates: dict[str, Candidate]) -> None:
    """Let a longer name, and a shorter that opens or closes it, be one: both mean the same paper.

    What follows a paper's name is its company or its section, what precedes it belongs to it.
    """
    for long in sorted(candidates, key=len, reverse=True):
        for short in sorted(candidates, key=len, reverse=True):
            if len(short) < 3 or short == long or long not in candidates or short not in candidates:
                continue
            if long.startswith(short) and len(_words(sheet, candidates[short].name)) > 1:
                _merge(candidates, into=short, other=long)
            elif long.endswith(short) or (long.startswith(short) and len(short) > 4):
                unspaced = " " not in candidates[long].name and not candidates[long].name.isascii()
                heavier = candidates[short].weight > candidates[long].weight
                into, other = (short, long) if unspaced and heavier else (long, short)
                _merge(candidates, into=into, other=other)


def _merge(candidates: dict[str, Candidate], *, into: str, other: str) -> None:
    gone = candidates.pop(other)
    target = candidates[into]
    target.weight = 1 - (1 - target.weight) * (1 - gone.weight)
    target.clues += gone.clues


def _count_repetitions(sheet: Sheet, candidates: dict[str, Candidate]) -> None:
    """Count in favour of a name each further line beside the story that has it, and each address made of it."""
    taken = [line for line in sheet.taken() if len(line.text) <= _MOST_CHARACTERS]
    addresses = {
        label.casefold().replace("-", "")
        for text in (*(line.text for line in taken), *(line.text for _, line in sheet.staying()))
        for label in _ADDRESS.findall(text)
    }
    for key, candidate in candidates.items():
        folded = candidate.name.casefold()
        for line in taken:
            if folded in line.text.casefold() and not _is_label(line, folded):
                candidate.add(Clue("publisher", candidate.name, line.rule or "", line.text), _REPEATED)
        if key in addresses:
            candidate.weight = 1 - (1 - candidate.weight) * (1 - _FROM_ADDRESS)


def _is_label(line: Line, folded: str) -> bool:
    return len(line.text) <= len(folded) + 3 or (line.rule or "").endswith(
        ("-tag-line", "-tags", "-breadcrumb", "-section", "-also")
    )


def _is_free(sheet: Sheet, name: str) -> bool:
    folded = name.casefold()
    known = sheet.rules.publisher(name)
    words = sheet.book.words
    if known is not None and known.aggregator:
        return False
    agency = folded in sheet.rules.agencies_by_name or folded.startswith(sheet.rules.agency_openings)
    return not agency and not words.is_generic(name) and not words.is_section(name) and not _is_person(sheet, name)


def _is_person(sheet: Sheet, name: str) -> bool:
    photographers = {caption.credit for caption in sheet.captions}
    return name in sheet.authors or name in photographers or (sheet.book.words.has_role(name) and "," in name)
