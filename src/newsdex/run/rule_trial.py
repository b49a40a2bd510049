"""Rules tried on a text: which of them match it, and what cleaning does with it above, within and below a story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdex.errors import Rejected
from newsdex.records import ExtractedArticle, Origin, Paragraph
from newsdex.run.knowledge import current_rules
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.clean.rulebook import RuleBook
    from newsdex.clean.sheet import Sheet
    from newsdex.rules import Example, Rule, Rules

PLACES = ("above", "within", "below")
"""Where a text is tried: above a story's first paragraph, in its middle, and below its last."""

REFUSED = "the whole document is refused"
"""What stands in place of a rule's id when a line makes cleaning refuse the document."""

_STORY = tuple(
    f"The council met for the {nth} time and heard what the engineers had found."
    for nth in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)
_ID = re.compile(r"^\s*-\s*\{?\s*id:\s*['\"]?([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose pattern matches a line, and what its groups caught; of a block's rule, which of its lines."""

    rule: Rule
    source: str
    captured: dict[str, str]
    publisher: str | None = None
    part: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "id": self.rule.id,
            "source": self.source,
            "publisher": self.publisher,
            "where": self.rule.where,
            "action": describe_action(self.rule),
            "why": self.rule.why,
            "captured": self.captured,
            "part": self.part,
            "parts": len(self.rule.patterns) if self.rule.where == "block" else 1,
        }


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One line: the rules that match it, and by place the rule that takes it, or a piece of it (None: it stays)."""

    text: str
    firings: tuple[Firing, ...]
    taken: dict[str, str | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"text": self.text, "rules": [firing.as_dict() for firing in self.firings], "taken": self.taken}


@dataclass(frozen=True, slots=True)
class TriedExample:
    """A rule's example and whether the rule does what it says."""

    rule: Rule
    example: Example
    right: bool
    source: str

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "rule": self.rule.id,
            "source": self.source,
            "text": self.example.text,
            "removed": self.example.removed,
            "right": self.right,
        }


def try_examples(settings: Settings, ids: tuple[str, ...] = ()) -> tuple[int, Iterator[TriedExample]]:
    """Run the examples of all rules, or of those whose ids begin so; give their number and the results as they come.

    Raises `UserError` when config/ does not load.
    """
    from newsdex.clean.examples import takes
    from newsdex.rules import all_rules

    rules, sources = current_rules(settings.config), rule_sources(settings.config)
    chosen = [rule for rule in all_rules(rules) if not ids or rule.id.startswith(ids)]
    results = (
        TriedExample(rule, example, takes(rule, example.text, rules) == example.removed, sources.get(rule.id, ""))
        for rule in chosen
        for example in rule.examples
    )
    return sum(len(rule.examples) for rule in chosen), results


def try_text(settings: Settings, text: str) -> list[TriedLine]:
    """Try a text's lines on all rules; publishers' own rules match too, and say whose documents they are for."""
    from newsdex.clean.rulebook import rulebook_for
    from newsdex.clean.sheet import open_sheet

    rules, sources = current_rules(settings.config), rule_sources(settings.config)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    sheet = open_sheet(_document(tuple(lines)), rulebook_for(rules, None), rules)
    owned, owners = _publishers_book(rules)
    fates = {place: _fate(lines, place, rules) for place in PLACES}
    return [
        TriedLine(
            line.text,
            (*_firings(sheet, at, sheet.book, sources, {}), *_firings(sheet, at, owned, sources, owners)),
            {place: fates[place][at] for place in PLACES},
        )
        for at, line in enumerate(sheet.lines)
    ]


def rule_sources(config: Path) -> dict[str, str]:
    """Give the file and line of every rule's id: `config/languages/nl.yaml:12`."""
    return {
        found[1]: f"{path.relative_to(config.parent).as_posix()}:{number}"
        for path in sorted(config.glob("*/*.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := _ID.match(line))
    }


def reasons(config: Path) -> dict[str, str]:
    """Give by id why each rule takes out what it takes: those of config/, and those that live in code."""
    from newsdex.clean.own_rules import WHY
    from newsdex.rules import all_rules

    return {**WHY, **{rule.id: rule.why for rule in all_rules(current_rules(config))}}


def describe_action(rule: Rule) -> str:
    """Write a rule's action as its YAML does."""
    if rule.to:
        return f"to: {rule.to}"
    return "reject: error_page" if rule.rejects else str(rule.action)


def _firings(
    sheet: Sheet, at: int, book: RuleBook, sources: dict[str, str], owners: dict[str, str]
) -> Iterator[Firing]:
    masked = sheet.masked(sheet.lines[at])
    seen: set[str] = set()
    while match := book.match_line(masked, lambda rule: rule.id not in seen):
        seen.add(match.rule.id)
        yield Firing(match.rule, sources.get(match.rule.id, ""), match.groups, owners.get(match.rule.id))
    for position, match in book.match_blocks(masked):
        if not all(_is_part(sheet, book, at - back, match.rule, position - back) for back in range(1, position + 1)):
            continue
        source = sources.get(match.rule.id, "")
        yield Firing(match.rule, source, match.groups, owners.get(match.rule.id), position + 1)
    for match in book.match_inline(masked):
        captured = match.groups or {"piece": sheet.lines[at].text[match.start : match.end]}
        yield Firing(match.rule, sources.get(match.rule.id, ""), captured, owners.get(match.rule.id))


def _is_part(sheet: Sheet, book: RuleBook, at: int, rule: Rule, position: int) -> bool:
    parts = book.match_blocks(sheet.masked(sheet.lines[at])) if at >= 0 else ()
    return any(match.rule.id == rule.id and place == position for place, match in parts)


def _publishers_book(rules: Rules) -> tuple[RuleBook, dict[str, str]]:
    """Compile the rules that are for one publisher's documents only, and say for whose."""
    from newsdex.clean.rulebook import rulebook_for
    from newsdex.rules import LanguagePack, Rules

    own = [(rule, pack.name) for pack in rules.publishers if not pack.aggregator for rule in pack.rules]
    words = [LanguagePack(language=pack.language, vocabulary=pack.vocabulary, rules=()) for pack in rules.languages]
    only = LanguagePack(language="und", rules=tuple(rule for rule, _ in own))
    alone = Rules(languages=(*words, only), agencies=rules.agencies)
    return rulebook_for(alone, None), {rule.id: name for rule, name in own}


def _fate(lines: list[str], place: str, rules: Rules) -> list[str | None]:
    """Tell for each line the rule that takes it, or a piece of it, when the lines stand at one place of a story."""
    from newsdex.clean import clean

    half = len(_STORY) // 2
    above, below = {"above": ((), _STORY), "within": (_STORY[:half], _STORY[half:]), "below": (_STORY, ())}[place]
    story = replace(_document((*above, *lines, *below)), headline="The council met again")
    try:
        removed = clean(story, rules).removed
    except Rejected as refused:
        return [f"{REFUSED} ({refused.reason})"] * len(lines)
    gone = [(piece.text, piece.rule) for piece in removed]
    fates: list[str | None] = []
    for line in lines:
        found = next((piece for piece in gone if piece[0] == line or piece[0] in line), None)
        fates.append(found[1] if found else None)
        if found:
            gone.remove(found)
    return fates


def _document(lines: tuple[str, ...]) -> ExtractedArticle:
    origin = Origin(uri="text", fetched_at=datetime(2000, 1, 1, tzinfo=UTC), media_type="text/plain", sha256="")
    return ExtractedArticle(origin, tuple(Paragraph(line) for line in lines))
