"""The examples that rules carry, run through cleaning itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from newsdex.clean.cleaning import clean
from newsdex.errors import Rejected
from newsdex.records import ExtractedArticle, Kind, Origin, Paragraph, Reason
from newsdex.rules import Example, LanguagePack, Publisher, Rule, Rules, all_rules

_STORY = tuple(
    f"The council met for the {nth} time and heard what the engineers had found."
    for nth in ("first", "second", "third", "fourth")
)
_ORIGIN = Origin(uri="example", fetched_at=datetime(2000, 1, 1, tzinfo=UTC), media_type="text/plain", sha256="")


@dataclass(frozen=True, slots=True)
class FailingExample:
    """An example that a rule treats otherwise than it says."""

    rule: str
    example: Example

    def __str__(self) -> str:
        wanted = "take out" if self.example.removed else "keep"
        return f"rule {self.rule} should {wanted}: {self.example.text!r}"


def failing_examples(rules: Rules) -> list[FailingExample]:
    """Run each rule's examples with that rule alone; give those that come out wrong."""
    return [
        FailingExample(rule.id, example)
        for rule in all_rules(rules)
        for example in rule.examples
        if takes(rule, example.text, rules) != example.removed
    ]


def takes(rule: Rule, text: str, rules: Rules) -> bool:
    """Tell whether a rule, alone, takes anything out of a story with this text at the place the rule is for."""
    vocabularies = tuple(pack.model_copy(update={"rules": ()}) for pack in rules.languages)
    alone = Rules(
        languages=(*vocabularies, LanguagePack(language="und", rules=(rule,))),
        publishers=tuple(
            Publisher(id=p.id, name=p.name, aliases=p.aliases, aggregator=p.aggregator) for p in rules.publishers
        ),
        agencies=rules.agencies,
    )
    lines = tuple(line for line in text.splitlines() if line.strip())
    if rule.rejects:
        story = lines
    elif rule.where in ("head", "edge"):
        story = (*lines, *_STORY)
    elif rule.where == "tail" or rule.cuts:
        story = (*_STORY, *lines)
    else:
        story = (*_STORY, *lines, *_STORY)
    kinds = (Paragraph(line, Kind.TEXT) for line in story)
    try:
        cleaned = clean(ExtractedArticle(_ORIGIN, tuple(kinds), headline="The council met again"), alone)
    except Rejected as rejected:
        return rule.rejects and rejected.reason is Reason.ERROR_PAGE
    return any(piece.rule == rule.id for piece in cleaned.removed)
