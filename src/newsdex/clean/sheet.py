"""The working sheet: a document's lines while cleaning decides about each, and what the taken lines told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from newsdex.clean.byline import read_byline
from newsdex.clean.credits import read_credit
from newsdex.clean.own_rules import INVITATIONS
from newsdex.clean.paragraphs import fold, measure
from newsdex.clean.printed_dates import Masked
from newsdex.clean.rulebook import Match, RuleBook
from newsdex.records import Caption, DateCandidate, DateRole, ExtractedArticle, FoundIn, Kind, Removed
from newsdex.rules import Rules

_LONGEST_DATED_LINE = 400
_YEAR = re.compile(r"(?<!\d)(?:1[34]|19|20|25)\d\d(?!\d)")
"""A year of the Persian, the common or the Buddhist calendar."""
_BEHIND = re.compile(r"\s*[,|/•·()]\s*|\s+[-–—]\s+")
_DOMAIN = re.compile(r"[\w-]+\.(?:com|org|net|co|id|de|fr|it|es|ru|info|news|tv)", re.IGNORECASE)
_LEAST_ANNOUNCING = 6
"""Words: fewer before a colon are a label."""
_RUNNING = (Kind.TEXT, Kind.LIST_ITEM)
_MARKED = ("text/html", "application/xhtml+xml")
_ROLES = {"published_at": DateRole.PUBLISHED, "modified_at": DateRole.MODIFIED}


@dataclass(slots=True)
class Line:
    """One paragraph of the document.

    `rule` is None while it stays, else the id of the rule that took it; `cut` when a rule took a piece of it. `at` is
    its place in the whole document. `matched` keeps what matches it in the head and in the tail: a line is asked again
    when an edge of the text moves, and in each pass.
    """

    text: str
    kind: Kind
    folded: str
    words: int
    sentence: bool
    prose: bool
    rule: str | None = None
    seen_by_rules: Masked | None = None
    masthead: bool = False
    cut: bool = False
    at: int = 0
    matched: dict[tuple[bool, bool], Match | None] = field(default_factory=dict)

    def rewrite(self, text: str) -> None:
        """Put what is left of the line in its place."""
        measures = measure(text)
        self.text, self.folded, self.cut = text, fold(text), True
        self.words, self.sentence = measures.words, measures.sentence
        self.prose = self.prose or (measures.prose and self.kind in _RUNNING)

    @property
    def announces(self) -> bool:
        """Whether the line tells that a list, a table or a verse of the story's follows."""
        return self.words >= _LEAST_ANNOUNCING and self.text.endswith((":", "："))

    @property
    def stays(self) -> bool:
        """Whether no rule took the line."""
        return self.rule is None

    @property
    def short(self) -> bool:
        """Whether the line is neither a sentence nor long: a heading, a label, a link's text."""
        return not self.sentence and self.words <= 20


@dataclass(frozen=True, slots=True)
class Clue:
    """What a line told about a field: the value as printed, the rule that read it, and the line."""

    field: str
    value: str
    rule: str
    text: str


@dataclass(slots=True)
class Sheet:
    """The lines and the fields found so far; `gone` are the lines that earlier passes took.

    `rivals` are the lines that might have been the headline, and why each is not.
    `marked` when the page's markup already said what is text and what is not: there a line's mere shape says less.
    """

    lines: list[Line]
    book: RuleBook
    rules: Rules
    headline: str | None = None
    standfirst: str | None = None
    section: str | None = None
    bylines: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    dates: list[DateCandidate] = field(default_factory=list)
    pieces: list[tuple[int, Removed]] = field(default_factory=list)
    clues: list[Clue] = field(default_factory=list)
    rivals: list[tuple[str, str]] = field(default_factory=list)
    gone: list[Line] = field(default_factory=list)
    marked: bool = False

    def taken(self) -> list[Line]:
        """Give the lines that rules took, those of earlier passes first."""
        return [*self.gone, *(line for line in self.lines if line.rule)]

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
        line.masthead = (match.rule.where in ("head", "edge") and not match.rule.id.endswith(INVITATIONS)) or bool(
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
            self.learn_field(name, value, match.rule.id, text)
        if "byline" in match.groups and "publisher" not in groups:
            self._paper_behind(text.partition(match.groups["byline"])[2], match.rule.id, text)

    def _paper_behind(self, rest: str, rule: str, text: str) -> None:
        """Read the paper a byline names behind the reporter: `By Jane Roe, Marsh Herald`."""
        for part in _BEHIND.split(rest):
            if _DOMAIN.fullmatch(part) or (self.book.words.is_publisher(part) and not self.book.words.has_role(part)):
                self.learn_field("publisher", part, rule, text)

    def learn_field(self, name: str, value: str, rule: str, text: str | None = None) -> None:
        """Put one found value into the field it belongs to; `rule` read it in `text`."""
        text = text or value
        if name in _ROLES:
            if self.book.date_words.is_absolute(fold(value)) or _YEAR.search(fold(value)):
                self.dates.append(DateCandidate(value, _ROLES[name], FoundIn.LINE))
        elif name == "byline":
            self._byline(value, rule, text)
        elif name in ("agencies", "publisher", "credit"):
            credit = read_credit(value, self.rules, self.book.words)
            self.agencies += credit.agencies
            if name != "credit":
                self._publishers(credit.publishers, rule, text)
        elif name == "keywords":
            self.keywords += [
                word.strip(" #") for word in value.replace("|", ",").replace(";", ",").split(",") if word.strip(" #")
            ]
        elif name == "place":
            if not self.book.date_words.is_date_word(value):
                self.places.append(value)
        elif name == "section":
            self.section = self.section or value
        elif name == "standfirst":
            self.standfirst = self.standfirst or value

    def _byline(self, value: str, rule: str, text: str) -> None:
        byline = read_byline(value, self.book.words)
        self.bylines.append(value)
        self.authors += byline.authors
        self.clues += (Clue("authors", name, rule, text) for name in byline.authors)
        for other in byline.others:
            credit = read_credit(other, self.rules, self.book.words)
            self.agencies += credit.agencies
            self._publishers((name for name in credit.publishers if self.book.words.is_publisher(name)), rule, text)

    def _publishers(self, names: Iterable[str], rule: str, text: str) -> None:
        self.clues += (Clue("publisher", name, rule, text) for name in names)

    def _caption(self, text: str | None, credit: str | None) -> None:
        if text:
            self.captions.append(Caption(text, credit.strip(" ()[]./") if credit else None))


def open_sheet(extracted: ExtractedArticle, book: RuleBook, rules: Rules) -> Sheet:
    """Lay a document's paragraphs out for cleaning."""
    return Sheet(
        [_line(paragraph.text, paragraph.kind, at) for at, paragraph in enumerate(extracted.paragraphs)],
        book,
        rules,
        extracted.headline,
        extracted.standfirst,
        marked=extracted.origin.media_type in _MARKED,
    )


def reopen_sheet(sheet: Sheet) -> Sheet:
    """Lay out what a pass left for another one, which has to find for itself what is where: only the title is known."""
    return Sheet(
        [_reopened(line) for _, line in sheet.staying()],
        sheet.book,
        sheet.rules,
        sheet.headline,
        sheet.standfirst,
        marked=sheet.marked,
    )


def add_learned(sheet: Sheet, earlier: Sheet) -> None:
    """Add what an earlier pass learned; where there is room for one value, the earlier pass saw more of the page."""
    sheet.section = earlier.section or sheet.section
    sheet.bylines = [*earlier.bylines, *sheet.bylines]
    sheet.authors = earlier.authors or sheet.authors
    sheet.agencies = [*earlier.agencies, *sheet.agencies]
    sheet.places = [*earlier.places, *sheet.places]
    sheet.keywords = [*earlier.keywords, *sheet.keywords]
    sheet.captions = [*earlier.captions, *sheet.captions]
    sheet.dates = [*earlier.dates, *sheet.dates]
    sheet.clues = [*earlier.clues, *sheet.clues]
    sheet.rivals = [*earlier.rivals, *sheet.rivals]
    sheet.gone = earlier.taken()


def _line(text: str, kind: Kind, at: int) -> Line:
    measures = measure(text)
    prose = measures.prose and kind in _RUNNING
    return Line(text, kind, fold(text), measures.words, measures.sentence, prose, at=at)


def _reopened(line: Line) -> Line:
    if line.cut:
        return _line(line.text, line.kind, line.at)
    return replace(line, rule=None, masthead=False)
