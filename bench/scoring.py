"""Comparing what was made of a raw text with the gold article: its body paragraph by paragraph, and its fields."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean
from typing import Any

from bench.labelled import harmonic
from newsdex.rules import load_rules

RULES = load_rules(Path(__file__).resolve().parents[1] / "config")
_RUN = 4
_GONE, _ALIKE, _SAME_CAPTION = 0.5, 0.6, 0.8
_SHORT_WORDS, _SHORT = 3, 8
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_BULLET = re.compile(r"^[•●▪◦·*-]\s+")
_LINE_END = re.compile("[\r\n\u2028\u2029]+")
_DIRECTION_MARKS = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_PLAIN = str.maketrans(
    {**dict.fromkeys("‘’‚‛ʼ´`", "'"), **dict.fromkeys("“”„‟", '"'), "…": "..."},
)
FIELDS = (
    *("headline", "standfirst", "published", "modified", "authors", "agencies", "publisher", "captions"),
    *("dateline_place", "language"),
)
_GOLD_NAME = {"standfirst": "deck"}


@dataclass(frozen=True)
class Reading:
    """What a system made of a text. Dates are wall time as printed, or with their zone where it was given."""

    body: Sequence[str] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True)
class BodyScore:
    """How one body compares; `left` and `lost` are the texts themselves."""

    f1: float
    gold: int
    lost: tuple[str, ...]
    altered: int
    extra: int
    left: tuple[str, ...]


def compare(golds: Sequence[dict[str, Any]], readings: Sequence[Reading]) -> dict[str, Any]:
    """Sum up how a system did. An article that it refuses is wrong in all its fields and paragraphs."""
    articles = [pair for pair in zip(golds, readings, strict=True) if not pair[0].get("reject")]
    refusals = [reading.refused for gold, reading in zip(golds, readings, strict=True) if gold.get("reject")]
    bodies = [score_body(gold, reading) for gold, reading in articles]
    return {
        "f1": round(mean(body.f1 for body in bodies), 4) if bodies else None,
        "exact": sum(body.f1 == 1 for body in bodies),
        "articles": len(articles),
        "paragraphs": sum(body.gold for body in bodies),
        "lost": sum(len(body.lost) for body in bodies),
        "altered": sum(body.altered for body in bodies),
        "extra": sum(body.extra for body in bodies),
        "furniture": sum(len(gold.get("removed", ())) for gold, _ in articles),
        "left": sum(len(body.left) for body in bodies),
        "refused_right": sum(refusals),
        "to_refuse": len(refusals),
        "refused_wrong": sum(reading.refused for _, reading in articles),
        "fields": {name: _count(name, articles) for name in FIELDS},
    }


def score_body(gold: dict[str, Any], reading: Reading) -> BodyScore:
    """Compare a body with the gold one. What gold calls optional counts neither way."""
    found = [line for text in reading.body for piece in _LINE_END.split(text) if (line := even_out(piece))]
    left_over, missing, accepted = list(found), [], []
    for paragraph in gold["body"]:
        forms = _forms(gold, paragraph)
        hit = next((form for form in forms if form in left_over), None)
        if hit is None:
            missing.append(forms[0])
        else:
            left_over.remove(hit)
        accepted.append(hit or forms[0])
    for text in _optional(gold):
        if text in left_over:
            left_over.remove(text)
            accepted.append(text)
    right = len(gold["body"]) - len(missing)
    precision = right / (right + len(left_over)) if right else 0.0
    recall = right / len(gold["body"])
    lost = tuple(text for text in missing if _is_gone(text, found, left_over))
    return BodyScore(
        f1=harmonic(precision, recall),
        gold=len(gold["body"]),
        lost=lost,
        altered=len(missing) - len(lost),
        extra=len(left_over),
        left=_left(gold.get("removed", ()), found, accepted),
    )


def even_out(text: str) -> str:
    """Give a paragraph without what nobody sees: kinds of quotation marks, spaces, direction marks and bullets.

    >>> even_out("•  “Two  words”")
    '"Two words"'
    """
    plain = unicodedata.normalize("NFC", text).translate(_DIRECTION_MARKS).translate(_PLAIN)
    return _BULLET.sub("", " ".join(plain.split()))


def _forms(gold: dict[str, Any], paragraph: str) -> list[str]:
    """Give the forms of a paragraph that are right: as it is, without its dateline, and those that gold lists."""
    text = even_out(paragraph)
    forms = [text, *(even_out(other) for other in gold.get("body_alt", {}).get(paragraph, ()))]
    dateline = even_out(gold.get("dateline_text") or "")
    if dateline and text.startswith(dateline):
        forms.append(text.removeprefix(dateline).lstrip(" -–—:."))
    return forms


def _optional(gold: dict[str, Any]) -> list[str]:
    optional = list(gold.get("body_optional", ()))
    if gold.get("deck") and None in gold.get("deck_ok", ()):
        optional.append(gold["deck"])
    return [even_out(text) for text in optional]


def _is_gone(text: str, found: Sequence[str], left_over: Sequence[str]) -> bool:
    """Tell a paragraph that is not there from one that is only cut or spelled otherwise."""
    words = _words(text) or list(text)
    size = min(_RUN, len(words))
    wanted, there = _runs(words, size), _runs([word for line in found for word in _words(line)], size)
    if sum((wanted & there).values()) >= _GONE * sum(wanted.values()):
        return False
    return all(SequenceMatcher(None, text, other, autojunk=False).ratio() <= _ALIKE for other in left_over)


def _left(removed: Iterable[str], found: Sequence[str], accepted: Sequence[str]) -> tuple[str, ...]:
    """List the furniture that stands in a body more often than in the gold one."""
    left: list[str] = []
    for text, times in Counter(even_out(text) for text in removed if even_out(text)).items():
        forms = {text, even_out(re.sub(r"<[^>]+>", "", html.unescape(text)))} - {""}
        more = max((_appearances(form, found) - _appearances(form, accepted) for form in forms), default=0)
        left += [text] * max(0, min(more, times))
    return tuple(left)


def _appearances(text: str, lines: Sequence[str]) -> int:
    """Count a piece of furniture; a short one, which prose may hold by chance, only as a whole line."""
    unspaced = re.search(rf"[{_UNSPACED}]", text) is not None
    if len(text) < _SHORT or (len(_words(text)) < _SHORT_WORDS and not unspaced):
        return sum(line == text for line in lines)
    joined = "\n".join(lines)
    return joined.count(text) if unspaced else len(re.findall(rf"(?<!\w){re.escape(text)}(?!\w)", joined))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1)) if words else Counter()


def _count(name: str, articles: Sequence[tuple[dict[str, Any], Reading]]) -> dict[str, int]:
    judged = [
        (bool(gold.get(_GOLD_NAME.get(name, name))), not reading.refused and is_right(name, gold, reading))
        for gold, reading in articles
    ]
    return {
        "right": sum(right for there, right in judged if there),
        "there": sum(there for there, _ in judged),
        "right_none": sum(right for there, right in judged if not there),
        "none": sum(not there for there, _ in judged),
    }


def is_right(name: str, gold: dict[str, Any], reading: Reading) -> bool:
    """Tell whether one field has gold's value, or another one that gold accepts."""
    key = _GOLD_NAME.get(name, name)
    wanted = [gold.get(key), *gold.get(f"{key}_ok", ()), *(gold.get("dateline_ok", ()) if "place" in name else ())]
    given = reading.fields.get(name)
    if name in ("published", "modified"):
        return any(_is_same_time(one, given, gold.get(f"{name}_utc")) for one in wanted)
    if name == "captions":
        return _are_same_captions(gold, list(given or ()))
    if name in ("authors", "agencies"):
        spell = _agency if name == "agencies" else _name
        names = {spell(one) for one in gold.get(key, ())}
        free = {spell(one) for one in gold.get(f"{key}_optional", ())} - names
        return {spell(one) for one in given or ()} - free == names
    if name == "language":
        return str(given or "").partition("-")[0] == gold["language"].partition("-")[0]
    if name == "publisher":
        # Where nobody says who reprinted it, naming the agency that supplied it is no error.
        credited = {_agency(one) for one in gold.get("agencies", ())} if not gold.get("publisher") else set()
        same = {_name(one).removeprefix("the ") for one in wanted}
        return _name(given).removeprefix("the ") in same or bool(given and _agency(given) in credited)
    return _name(given) in {_name(one) for one in wanted}


def _is_same_time(gold: str | None, given: str | None, gold_utc: str | None) -> bool:
    if not gold or not given:
        return not gold and not given
    if (len(gold) > 10) != (len(given) > 10):
        return False
    wanted, found = (datetime.fromisoformat(text).replace(second=0, microsecond=0) for text in (gold, given))
    if found.tzinfo is not None and gold_utc:
        aware = datetime.fromisoformat(gold_utc)
        aware = aware if aware.tzinfo else aware.replace(tzinfo=UTC)
        return found.astimezone(UTC) == aware.astimezone(UTC).replace(second=0, microsecond=0)
    return wanted.replace(tzinfo=None) == found.replace(tzinfo=None)


def _are_same_captions(gold: dict[str, Any], given: list[str]) -> bool:
    def alike(one: str, other: str) -> bool:
        mine, others = Counter(_words(even_out(one))), Counter(_words(even_out(other)))
        common, size = sum((mine & others).values()), sum(mine.values()) + sum(others.values())
        return bool(size) and 2 * common / size >= _SAME_CAPTION

    for caption in gold.get("captions", ()):
        hit = next((one for one in given if alike(caption, one)), None)
        if hit is None:
            return False
        given.remove(hit)
    return all(any(alike(one, other) for other in gold.get("captions_optional", ())) for one in given)


def _name(text: str | None) -> str:
    return even_out(text or "").casefold().rstrip(".")


def _agency(text: str) -> str:
    """Give an agency under the name that config/agencies.yaml has for it."""
    known = RULES.agencies_by_name.get(text.casefold())
    return known.name if known else _name(text)
