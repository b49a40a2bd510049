"""The marks that Newsdex sets itself, and whether the stored figures reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
_OURS = "newsdex"
_TEXT_F1, _TEXT_LEFT, _FIELD = 0.97, 0.02, 0.95
_ABOVE_TRAFILATURA, _COST, _HELD_OUT = 0.015, 1.5, 0.975
_LANGUAGE = {
    "sentence, all languages": 96.0,
    "article, all languages": 98.5,
    "sentence, langdetect's": 99.5,
    "article, langdetect's": 100.0,
    "junk to und": 90.0,
}
_COPIES = {"2 % of words": 1.0, "headline and furniture": 0.95}


@dataclass(frozen=True)
class Mark:
    """What is wanted, and what was measured; `short_by` is nought where the mark is reached."""

    what: str
    wanted: str
    measured: str
    short_by: str = ""


def _least(what: str, wanted: float, measured: float, form: str = ".3f") -> Mark:
    missing = wanted - measured
    return Mark(what, f"at least {wanted:{form}}", f"{measured:{form}}", f"{missing:{form}}" if missing > 1e-9 else "")


def _most(what: str, wanted: float, measured: float, form: str = ".3f") -> Mark:
    over = measured - wanted
    return Mark(what, f"at most {wanted:{form}}", f"{measured:{form}}", f"{over:{form}}" if over > 1e-9 else "")


def marks_of_text(sets: Figures) -> Iterator[Mark]:
    """Give those of plain text."""
    for name, figures in sets.items():
        result = figures["systems"][_OURS]
        fields = {field: count["right"] / count["there"] for field, count in result["fields"].items() if count["there"]}
        worst = min(fields, key=lambda field: fields[field])
        yield _least(f"`{name}`: paragraph F1", _TEXT_F1, result["f1"])
        yield _most(f"`{name}`: paragraphs lost", 0, result["lost"], ".0f")
        yield _most(f"`{name}`: furniture left", _TEXT_LEFT, result["left"] / max(1, result["furniture"]), ".1%")
        yield _least(f"`{name}`: the worst field where there is one, `{worst}`", _FIELD, fields[worst])
        yield _least(f"`{name}`: files refused that should be", result["to_refuse"], result["refused_right"], ".0f")


def marks_of_html(sets: Figures) -> Iterator[Mark]:
    """Give those of main texts."""
    for name, figures in sets.items():
        systems = figures["systems"]
        best = max(result["f1"] for system, result in systems.items() if system.startswith("trafilatura"))
        for system in ("newsdex, cleaned", "newsdex, cleaned, held out"):
            if system in systems:
                short = system.removeprefix("newsdex, ")
                yield _least(f"`{name}`: {short}, F1", best + _ABOVE_TRAFILATURA, systems[system]["f1"])
        if figures["by"] == "body" and "newsdex, cleaned, held out" in systems:
            yield _least(
                f"`{name}`: held out, F1 for unseen pages", _HELD_OUT, systems["newsdex, cleaned, held out"]["f1"]
            )
        for system in ("newsdex, extracted", "newsdex, cleaned"):
            short = system.removeprefix("newsdex, ")
            yield _most(f"`{name}`: {short}, CPU time, trafilatura = 1", _COST, systems[system]["cost"], ".2f")


def marks_of_dates(sets: Figures) -> Iterator[Mark]:
    """Give those of dates: fewer wrong and fewer missing than each peer."""
    for name, figures in sets.items():
        systems = figures["systems"]
        peers = {system: result for system, result in systems.items() if not system.startswith(_OURS)}
        for kind in ("wrong", "missing"):
            ours, best = systems[_OURS][kind], min(result[kind] for result in peers.values())
            yield Mark(
                f"`{name}`: {kind} days",
                f"fewer than {best}, the best peer's",
                str(ours),
                f"{ours - best + 1}" if ours >= best and ours else "",
            )


def marks_of_language(sets: Figures) -> Iterator[Mark]:
    """Give those of language."""
    for name, figures in sets.items():
        result = figures["systems"][_OURS]
        for measure, wanted in _LANGUAGE.items():
            if measure in result:
                yield _least(f"`{name}`: {measure}, %", wanted, result[measure], ".2f")
        yield _most(f"`{name}`: answers changed in another order", 0, result["answers changed in another order"], ".0f")
        yield _most(f"`{name}`: CPU time, langdetect = 1", 1, result["cost"], ".2f")


def marks_of_duplicates(sets: Figures) -> Iterator[Mark]:
    """Give those of near-duplicates."""
    figures = sets["all"]
    result = figures["systems"][_OURS]
    for edit, wanted in _COPIES.items():
        yield _least(f"copies found: {edit}", wanted, result["found"][edit], ".1%")
    yield _most("false pairs among the different texts", 0, result["false"], ".0f")
    yield _most("different texts on one event called alike", 0, figures["labelled_events"]["alike"], ".0f")


MARKS: dict[str, Callable[[Figures], Iterator[Mark]]] = {
    "text": marks_of_text,
    "html": marks_of_html,
    "dates": marks_of_dates,
    "language": marks_of_language,
    "duplicates": marks_of_duplicates,
}
