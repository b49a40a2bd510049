"""Which news agencies supplied an article, told apart from those it merely quotes.

A name in the text is not a credit. What makes it one is its place:

* the agency signs the story: in the dateline (`LIMA, Nov 16 (Xinhua) --`), in the byline (`By Jane Roe, Reuters`), in a
  credit line that cleaning took out (`Bron: ANP`, `With inputs from PTI`), or alone in brackets or as desk initials at
  the very end (`(AFP)`, `PTI SBK MRP`);
* a copy's own attribution: a document whose furniture belongs to an aggregator was taken from somewhere and does not
  say where; `..., Reuters reported.` closing a sentence of its lead then names the report that was copied.

What is no credit: an agency that relays a statement is a source inside the story (`Xinhua said`, `told PTI`, `according
to a statement released by Xinhua`), because `said` reports an utterance and `reported` a report; `X reported` in a
document that is signed already, or is no copy, is a rival's report quoted by the author; and a photo's credit supplies
the photo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsdex.records import CleanArticle
from newsdex.rules import Agency, Rules

_LEAD_PARAGRAPHS = 4
_REPORTED = r"\s+(?:news agency\s+|agency\s+)?(?:has\s+|had\s+)?report(?:ed|s)(?:\s+on\s+\w+day)?\s*[.!]?[”\"]?$"
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"]?\s+(?=[\"“‘(]?[A-Z])")
_DATELINE_IN_TEXT = re.compile(r"^[^.!?()（）]{0,80}?[(（/](?P<name>[^()（）/]{2,40})[)）/]\s*[.]?\s*[-–—−:：]+")
_BRACKETED = re.compile(r"[(（/]([^()（）/]{2,60})[)）/]")
_SIGNED_OFF = re.compile(r"[(（\[](?:[^()（）\[\]]{0,40}\W)?(?P<name>[^()（）\[\]]{2,40})[)）\]]\.?$")
_DESK_INITIALS = re.compile(r"^(?P<name>[A-Z]{2,5})(?: [A-Z]{2,4}){1,4}$")
_DASH_SIGNED = re.compile(r"(?:^|\s)[-–—]\s*(?P<name>[^-–—.!?]{2,30})\.?$")


@dataclass(frozen=True, slots=True)
class Credit:
    """An agency credited as supplier: by which kind of evidence, and the words that say it."""

    agency: str
    rule: str
    text: str


def find_credits(clean: CleanArticle, rules: Rules) -> tuple[Credit, ...]:
    """Find the agencies that supplied an article, each once, with the first evidence for it.

    >>> from datetime import UTC, datetime
    >>> from newsdex.records import Origin
    >>> rules = Rules(agencies=(Agency(name="Xinhua", aliases=("Xinhua News Agency", "新华社")),))
    >>> origin = Origin("x.txt", datetime(2024, 11, 16, tzinfo=UTC), "text/plain", "")
    >>> [c.agency for c in find_credits(CleanArticle(origin, ("Text.",), dateline="LIMA, Nov 16 (Xinhua)"), rules)]
    ['Xinhua']
    >>> find_credits(CleanArticle(origin, ("The talks were frank, Xinhua said.",)), rules)
    ()
    """
    credits_: dict[str, Credit] = {}
    for credit in _signatures(clean, rules):
        credits_.setdefault(credit.agency, credit)
    if not credits_ and _is_aggregator_copy(clean, rules):
        for credit in _copied_reports(clean, rules):
            credits_.setdefault(credit.agency, credit)
    return tuple(credits_.values())


def _signatures(clean: CleanArticle, rules: Rules) -> Iterator[Credit]:
    places: list[tuple[str, Iterable[str | None]]] = [
        ("dateline", (_signature(clean.dateline or ""),)),
        ("byline", (clean.byline, *clean.authors)),
        ("credit-line", clean.agencies),
    ]
    for rule, texts in places:
        for text in texts:
            for name in _names_in(text or "", rules):
                yield Credit(name, rule, text or "")
    if not clean.body:
        return
    opening = _DATELINE_IN_TEXT.match(clean.body[0][:200])
    if opening is not None:
        for name in _names_in(opening.group("name"), rules):
            yield Credit(name, "dateline", opening.group())
    yield from _sign_off(clean.body[-1], rules)


def _signature(dateline: str) -> str:
    """Give what stands in brackets or slashes; `HARRISBURG, PA (AP)` is not signed by the Press Association."""
    return " ".join(_BRACKETED.findall(dateline)) or dateline


def _sign_off(last: str, rules: Rules) -> Iterator[Credit]:
    for pattern in (_SIGNED_OFF, _DESK_INITIALS, _DASH_SIGNED):
        found = pattern.search(last[-120:])
        if found is None:
            continue
        agency = rules.agencies_by_name.get(found.group("name").strip().casefold())
        if agency is not None:
            yield Credit(agency.name, "sign-off", found.group().strip())


def _copied_reports(clean: CleanArticle, rules: Rules) -> Iterator[Credit]:
    pattern = _pattern(rules.agencies)
    for paragraph in clean.body[:_LEAD_PARAGRAPHS]:
        for sentence in _SENTENCE_END.split(paragraph):
            for name in pattern.finditer(sentence):
                if re.match(_REPORTED, sentence[name.end() :]):
                    yield Credit(
                        rules.agencies_by_name[name.group().casefold()].name, "reported", sentence[name.start() :]
                    )


def _is_aggregator_copy(clean: CleanArticle, rules: Rules) -> bool:
    own = {rule.id for publisher in rules.publishers if publisher.aggregator for rule in publisher.rules}
    return any(removed.rule in own for removed in clean.removed)


def _names_in(text: str, rules: Rules) -> Iterator[str]:
    if not text or not rules.agencies:
        return
    for found in _pattern(rules.agencies).finditer(text):
        yield rules.agencies_by_name[found.group().casefold()].name


@lru_cache(maxsize=8)
def _pattern(agencies: tuple[Agency, ...]) -> re.Pattern[str]:
    """Match any name as a whole word; the longest first, so that `IRIB` is not found in `IRIB News`.

    Short names that are words or parts of words elsewhere (`AP`, `ANP`) match in their own capitals only.
    """
    names = {name for agency in agencies for name in (agency.name, *agency.aliases)}
    exact = sorted((n for n in names if len(n) <= 4 and n.isascii()), key=lambda n: (-len(n), n))
    loose = sorted(names - set(exact), key=lambda n: (-len(n), n))
    spelled = [*(f"(?i:{re.escape(n)})" for n in loose), *(re.escape(n) for n in exact)]
    cjk = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    return re.compile(rf"(?<![^\W_{cjk}])(?:{'|'.join(spelled)})(?![^\W_{cjk}])" if spelled else r"(?!)")
