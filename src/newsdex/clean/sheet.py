"""The working sheet: a document's lines while cleaning decides about each, and what the taken lines told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsdex.clean.byline import read_byline
from newsdex.clean.credits import read_credit
from newsdex.clean.paragraphs import count_words, ends_sentence, fold, is_prose
from newsdex.clean.printed_dates import Masked
from newsdex.clean.rulebook import Match, RuleBook
from newsdex.records import Caption, DateCandidate, DateRole, ExtractedArticle, FoundIn, Kind, Paragraph, Removed
from newsdex.rules import Rules

_LONGEST_DATED_LINE = 400
_YEAR = re.compile(r"(?<!\d)(?:1[34]|19|20|25)\d\d(?!\d)")
"""A year of the Persian, the common or the Buddhist calendar."""
_BEHIND = re.compile(r"\s*[,|/•·()]\s*|\s+[-–—]\s+")
_DOMAIN = re.compile(r"[\w-]+\.(?:com|org|net|co|id|de|fr|it|es|ru|info|news|tv)", re.IGNORECASE)
_ROLES = {"published_at": DateRole.PUBLISHED, "modified_at": DateRole.MODIFIED}


@dataclass(slots=True)
class Line:
    """One paragraph of the document; `rule` is None while it stays, else the id of the rule that took it."""

    text: str
    kind: Kind
    folded: str
    words: int
    sentence: bool
    prose: bool
    rule: str | None = None
    seen_by_rules: Masked | None = None
    masthead: bool = False

    @property
    def stays(self) -> bool:
        """Whether no rule took the line."""
        return self.rule is None

    @property
    def short(self) -> bool:
        """Whether the line is neither a sentence nor long: a heading, a label, a link's text."""
        return not self.sentence and self.words <= 20


@dataclass(slots=True)
class Sheet:
    """The lines and the fields found so far."""

    lines: list[Line]
    book: RuleBook
    rules: Rules
    headline: str | None = None
    standfirst: str | None = None
    section: str | None = None
    bylines: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)
    publishers: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    dates: list[DateCandidate] = field(default_factory=list)
    pieces: list[tuple[int, Removed]] = field(default_factory=list)

    def masked(self, line: Line) -> Masked:
        """Give the line as rules see it."""
        if line.seen_by_rules is None or line.seen_by_rules.source != line.text:
            if line.words > 60 or len(line.text) > _LONGEST_DATED_LINE:
                line.seen_by_rules = Masked(line.folded, line.text)
            else:
                line.seen_by_rules = self.book.date_words.mask(line.folded, line.text)
        return line.seen_by_rules

    def staying(self) -> Iterator[tuple[int, Line]]:
        """Go through the lines no rule took, with their places."""
        return ((at, line) for at, line in enumerate(self.lines) if line.rule is None)

    def take(self, line: Line, match: Match) -> None:
        """Take a whole line out by a rule, and keep what it tells."""
        line.rule = match.rule.id
        self.learn(match, line.text)
        line.masthead = match.rule.where in ("head", "edge") or bool(
            {"published_at", "modified_at", "byline"} & ({match.rule.to} | set(match.groups))
        )

    def learn(self, match: Match, text: str) -> None:
        """Put what a rule's groups hold, or the whole text, into the fields they are named after."""
        groups = dict(match.groups)
        if not groups and match.rule.to:
            groups[match.rule.to] = text
        if "captions" in groups or match.rule.to == "captions":
            self._caption(groups.pop("captions", None), groups.pop("credit", None))
        for name, value in groups.items():
            self.learn_field(name, value)
        if "byline" in match.groups and "publisher" not in groups:
            self._paper_behind(text.partition(match.groups["byline"])[2])

    def _paper_behind(self, rest: str) -> None:
        """Read the paper a byline names behind the reporter: `By Jane Roe, Marsh Herald`."""
        for part in _BEHIND.split(rest):
            if _DOMAIN.fullmatch(part) or (self.book.words.is_publisher(part) and not self.book.words.has_role(part)):
                self.learn_field("publisher", part)

    def learn_field(self, name: str, value: str) -> None:
        """Put one found value into the field it belongs to."""
        if name in _ROLES:
            if self.book.date_words.is_absolute(fold(value)) or _YEAR.search(fold(value)):
                self.dates.append(DateCandidate(value, _ROLES[name], FoundIn.LINE))
        elif name == "byline":
            self._byline(value)
        elif name in ("agencies", "publisher", "credit"):
            credit = read_credit(value, self.rules, self.book.words)
            self.agencies += credit.agencies
            self.publishers += credit.publishers if name != "credit" else ()
        elif name == "keywords":
            self.keywords += [
                word.strip(" #") for word in value.replace("|", ",").replace(";", ",").split(",") if word.strip(" #")
            ]
        elif name == "place":
            self.places.append(value)
        elif name == "section":
            self.section = self.section or value
        elif name == "standfirst":
            self.standfirst = self.standfirst or value

    def _byline(self, value: str) -> None:
        byline = read_byline(value, self.book.words)
        self.bylines.append(value)
        self.authors += byline.authors
        for other in byline.others:
            credit = read_credit(other, self.rules, self.book.words)
            self.agencies += credit.agencies
            self.publishers += [name for name in credit.publishers if self.book.words.is_publisher(name)]

    def _caption(self, text: str | None, credit: str | None) -> None:
        if text:
            self.captions.append(Caption(text, credit.strip(" ()[]./") if credit else None))


def open_sheet(extracted: ExtractedArticle, book: RuleBook, rules: Rules) -> Sheet:
    """Lay a document's paragraphs out for cleaning."""
    return Sheet(
        [_line(paragraph) for paragraph in extracted.paragraphs], book, rules, extracted.headline, extracted.standfirst
    )


def _line(paragraph: Paragraph) -> Line:
    text = paragraph.text
    prose = is_prose(text) and paragraph.kind in (Kind.TEXT, Kind.LIST_ITEM)
    return Line(text, paragraph.kind, fold(text), count_words(text), ends_sentence(text), prose)
