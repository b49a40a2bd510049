"""The evidence for what cleaning decided: which line told a field, by which rule, and which rivals were refused."""

from __future__ import annotations

from typing import Any

from newsdex.clean.publisher import Decision
from newsdex.clean.sheet import Sheet
from newsdex.records import ExtractedArticle

_MOST_RIVALS = 4


def tell_evidence(extracted: ExtractedArticle, sheet: Sheet, publisher: Decision) -> dict[str, Any]:
    """Give the evidence for headline, authors and publisher, each only where a line of the text told it."""
    evidence: dict[str, Any] = {}
    if extracted.headline is None and sheet.headline is not None:
        evidence["headline"] = {
            "found_in": "line",
            "text": sheet.headline,
            "rejected": [{"value": rival, "refused": why} for rival, why in sheet.rivals[:_MOST_RIVALS]],
        }
    if not extracted.authors:
        told = {clue.value: clue for clue in reversed(sheet.clues) if clue.field == "authors"}
        found = [told[name] for name in dict.fromkeys(sheet.authors) if name in told]
        if found:
            evidence["authors"] = [{"value": clue.value, "rule": clue.rule, "text": clue.text} for clue in found]
    if publisher.source and publisher.source != "metadata":
        evidence["publisher"] = {"found_in": publisher.source, "value": publisher.name}
    elif publisher.chosen or publisher.rejected:
        evidence["publisher"] = _publisher(publisher)
    return evidence


def _publisher(decision: Decision) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    if decision.chosen:
        best, *others = decision.chosen.clues
        shape = {
            "value": decision.chosen.name,
            "rule": best.rule,
            "text": best.text,
            "confidence": round(decision.chosen.weight, 2),
        }
        if others:
            shape["also"] = "; ".join(dict.fromkeys(clue.text for clue in others[:_MOST_RIVALS]))
    rejected = [
        {"value": rival.name, "rule": clue.rule, "text": clue.text, "confidence": round(rival.weight, 2)}
        for rival in decision.rejected
        for clue in rival.clues[:1]
    ]
    return {**shape, "rejected": rejected}
