"""What we know about publishers, languages and agencies, read from config/ and checked while it loads.

Knowledge is YAML, mechanism is Python. How a rule's pattern is written is said in `newsdex.patterns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal, Self, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from newsdex.errors import UserError
from newsdex.patterns import group_names

Where = Literal["line", "head", "tail", "edge", "block", "inline"]
Field_ = Literal[
    "published_at", "modified_at", "byline", "captions", "agencies", "publisher", "section", "standfirst", "keywords"
]
GROUPS = frozenset({*get_args(Field_), "credit", "place", "again"})
"""The named groups a pattern may have: the fields, a caption's credit, a dateline's place, and a repeated name."""

_Model = TypeVar("_Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """A text, as one or more lines, and whether the rule takes it out. Each rule has one of each kind at least."""

    text: str
    removed: bool


class To(_Strict):
    """The action that moves what a rule takes out into a field of the article.

    Named groups in the pattern give the parts that are meant, each to the field of its name:
    `(?P<published_at>{date})`; without one the whole text goes to the field.
    """

    to: Field_


class Reject(_Strict):
    """The action for a text that shows the whole document to be no article; it only works in short documents."""

    reject: Literal["error_page"]


class Rule(_Strict):
    """One kind of furniture and what to do with it.

    `where`: `line` matches a whole paragraph anywhere; `head` only above the body; `tail` only below it; `edge` both;
    `block` matches a run of paragraphs, one pattern each, and with `takes_below` also up to that many short lines under
    them; `inline` matches a piece inside a paragraph. `match` is one pattern or several alternatives; for a `block` one
    pattern for each paragraph, in order. A block's group `again` is a name that has to stand in the next paragraph too,
    which then goes with it. `action`: `remove`; `cut_below` (this and all below it, only in the lower half);
    `to: FIELD`; `reject: error_page`.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    where: Where = "line"
    match: str | tuple[str, ...]
    takes_below: int = Field(default=0, ge=0, le=40)
    action: Literal["remove", "cut_below"] | To | Reject = "remove"
    why: str = Field(min_length=1)
    examples: tuple[Example, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns: alternatives for one paragraph; for a `block` one a paragraph, in order."""
        return (self.match,) if isinstance(self.match, str) else self.match

    @property
    def cuts(self) -> bool:
        """Whether all below the match goes too."""
        return self.action == "cut_below"

    @property
    def rejects(self) -> bool:
        """Whether a match shows the document to be no article."""
        return isinstance(self.action, Reject)

    @property
    def to(self) -> Field_ | None:
        """The field that receives the text, None when it is only removed."""
        return self.action.to if isinstance(self.action, To) else None

    @field_validator("match")
    @classmethod
    def _compiles(cls, match: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for pattern in (match,) if isinstance(match, str) else match:
            unknown = group_names(pattern) - GROUPS
            if unknown:
                raise ValueError(f"unknown group {sorted(unknown)[0]!r}: a group is named after the field it goes to")
        return match

    @model_validator(mode="after")
    def _has_both_kinds_of_examples(self) -> Self:
        if {example.removed for example in self.examples} != {True, False}:
            raise ValueError("give an example with removed: true and one with removed: false (a text that must stay)")
        if self.takes_below and self.where != "block":
            raise ValueError("takes_below belongs to where: block")
        return self


class Agency(_Strict):
    """A news agency: its name, and the other names and signatures it goes by, in any script."""

    name: str
    aliases: tuple[str, ...] = ()


class Publisher(_Strict):
    """Who publishes. `timezone` (IANA) is the zone its pages print times in.

    An aggregator copies others' stories: it is never an article's publisher, and its rules apply to every document,
    because a copied story does not say where it was copied. A publisher's rules apply to its own documents only.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    language: str | None = None
    timezone: str | None = None
    aggregator: bool = False
    rules: tuple[Rule, ...] = ()


class Vocabulary(_Strict):
    """Words of a language that tell what a short text is, lower case.

    Those of all packs count for every document, because its language is not known while it is cleaned. Five kinds are
    beginnings of words or phrases rather than words, so that one covers its inflections: `consent_topics`,
    `consent_answers`, `rights_words`, `changed_words`, `access_words`.
    """

    roles: tuple[str, ...] = ()
    """They follow a reporter's name: correspondent."""
    organisations: tuple[str, ...] = ()
    """They stand in a publisher's or a section's name and in no person's: news, daily."""
    joiners: tuple[str, ...] = ()
    """They stand between two names: and."""
    generic: tuple[str, ...] = ()
    """They stand in a name's place and name no one: news agencies, staff."""
    sections: tuple[str, ...] = ()
    """Sections and the start page, as a path or a masthead names them: home, culture. No publisher is named so."""
    titles: tuple[str, ...] = ()
    """They stand before a reporter's name and are no part of it: dr."""
    name_particles: tuple[str, ...] = ()
    """Small words inside a person's name: van, de."""
    title_particles: tuple[str, ...] = ()
    """Small words inside a paper's name: of, du."""
    articles: tuple[str, ...] = ()
    """They may begin a paper's name and make no name a paper's: the, der."""
    whereabouts: tuple[str, ...] = ()
    """They stand between a reporter's name and where he was: in, from."""
    paper_endings: tuple[str, ...] = ()
    """They end a paper's name as part of its last word, or where words are written apart as a word: blatt, 新聞."""
    paper_openings: tuple[str, ...] = ()
    """They stand before a paper's name in a script without capitals: صحيفة."""
    invitations: tuple[str, ...] = ()
    """They stand before a paper's name where it invites its readers: follow. Where no spaces are, they run into it."""
    platforms: tuple[str, ...] = ()
    """Where one follows a paper, and what it offers: facebook, newsletter. No paper is named so."""
    company_forms: tuple[str, ...] = ()
    """They follow a company's name: ltd, gmbh."""
    copyright_marks: tuple[str, ...] = ()
    """They claim a copyright: ©."""
    rights_words: tuple[str, ...] = ()
    """They occur in the words of such a claim and in no owner's name: reserved, reproduction."""
    column_words: tuple[str, ...] = ()
    """They begin the title of a column: 連載."""
    photo_words: tuple[str, ...] = ()
    """They stand before a colon and whoever took the picture: photo."""
    list_ends: tuple[str, ...] = ()
    """Lines that close a list of links: end of list."""
    spliced_words: tuple[str, ...] = ()
    """A broken page splices them into the words of its text: internal."""
    consent_topics: tuple[str, ...] = ()
    """What a wall before the page talks about: cookie, privacy."""
    consent_answers: tuple[str, ...] = ()
    """What its buttons offer: accept, refuse."""
    access_words: tuple[str, ...] = ()
    """What a page that lets nobody in talks about: an account, a password, a subscription, an address not found."""
    asks: tuple[str, ...] = ()
    """Ways to ask a reader for something, a beginning of words with a star: sign up, do you want, subscri*."""
    offers: tuple[str, ...] = ()
    """What a page has to offer beside its story, or to ask for; written as `asks`: newsletter*, our app, comments."""
    own_words: tuple[str, ...] = ()
    """Words by which a page speaks of itself: our, us."""
    reader_words: tuple[str, ...] = ()
    """Words by which it speaks to its reader: you, your."""
    buttons: tuple[str, ...] = ()
    """Labels of buttons and marks that stand alone or beside each other: share, print, advertisement."""
    changed_words: tuple[str, ...] = ()
    """They stand before the day of a change rather than of publication: updat, aktualis."""
    date_words: tuple[str, ...] = ()
    """They may stand inside a printed date: at, on."""
    clock_words: tuple[str, ...] = ()
    """They may stand behind a day or a time and belong to it: pm, uhr."""


class LanguagePack(_Strict):
    """The rules and words of one language (`language` is a BCP 47 tag), or of all of them (`und`).

    `datelines` are the language's own shapes of a dateline, as patterns with the groups `place`, `agency` and `byline`,
    beside those that many languages share (`newsdex.clean.dateline`). `owners` are patterns with the group `publisher`,
    searched in the lines that cleaning took out: how a page's own furniture calls its paper.
    """

    language: str
    vocabulary: Vocabulary = Vocabulary()
    datelines: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    rules: tuple[Rule, ...]


class Rules(_Strict):
    """Everything config/ knows, checked. Pure data: it may be pickled and shared between processes."""

    languages: tuple[LanguagePack, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    agencies: tuple[Agency, ...] = ()

    @cached_property
    def everywhere(self) -> tuple[Rule, ...]:
        """The rules that apply to every document: all languages', and all aggregators'.

        Where several match, the first counts: those for no language in particular, then English, the language of
        most pages' machinery, then the others by name, and last what many languages share (`mul`).
        """
        first = {"und": 0, "en": 1, "mul": 3}
        packs = [rule for pack in sorted(self.languages, key=lambda p: first.get(p.language, 2)) for rule in pack.rules]
        return (*packs, *(rule for publisher in self.publishers if publisher.aggregator for rule in publisher.rules))

    def publisher(self, name: str | None) -> Publisher | None:
        """Find a publisher by id, name or alias, ignoring case; None when config/ does not know it."""
        return self._publishers_by_name.get(name.casefold()) if name else None

    def publisher_of(self, domain: str | None) -> Publisher | None:
        """Find a publisher by registered domain."""
        return self._publishers_by_domain.get(domain.casefold()) if domain else None

    @cached_property
    def _publishers_by_name(self) -> dict[str, Publisher]:
        return {
            name.casefold(): publisher
            for publisher in self.publishers
            for name in (publisher.id, publisher.name, *publisher.aliases)
        }

    @cached_property
    def _publishers_by_domain(self) -> dict[str, Publisher]:
        return {domain.casefold(): publisher for publisher in self.publishers for domain in publisher.domains}

    @cached_property
    def agencies_by_name(self) -> dict[str, Agency]:
        """Each agency under its name and every alias, case folded."""
        return {name.casefold(): agency for agency in self.agencies for name in (agency.name, *agency.aliases)}

    @cached_property
    def agencies_beyond_ascii(self) -> tuple[str, ...]:
        """The names of agencies that a text cannot hold by chance: those in other letters, of three at least."""
        return tuple(name for name in self.agencies_by_name if not name.isascii() and len(name) > 2)

    @cached_property
    def agency_openings(self) -> tuple[str, ...]:
        """How a longer name begins that is an agency's too, case folded: `reuters `, `dpa-`, `afp/`."""
        return tuple(name + end for name in self.agencies_by_name for end in " -/")


def load_rules(config: Path) -> Rules:
    """Read config/languages, config/publishers and config/agencies.yaml.

    Raises `UserError` naming the file, the key and what to do, for the first file that is wrong.
    """
    languages = tuple(_read(path, LanguagePack) for path in _yaml_files(config / "languages"))
    publishers = tuple(_read(path, Publisher) for path in _yaml_files(config / "publishers"))
    agencies = _read(config / "agencies.yaml", _Agencies).agencies
    rules = Rules(languages=languages, publishers=publishers, agencies=agencies)
    _refuse_repeated_ids(rules)
    return rules


class _Agencies(_Strict):
    agencies: tuple[Agency, ...]


def all_rules(rules: Rules) -> Iterator[Rule]:
    """Go through every rule of every pack."""
    for pack in rules.languages:
        yield from pack.rules
    for publisher in rules.publishers:
        yield from publisher.rules


_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times as fast, and every process reads the rules."""


def _yaml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder", "run from a checkout, or set NEWSDEX_CONFIG to the config folder")
    return sorted(folder.glob("*.yaml"))


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _YamlLoader)  # noqa: S506 - both are safe loaders
    except FileNotFoundError as missing:
        raise UserError(f"{path}: no such file") from missing
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path}: not readable as YAML: {wrong}", "quote patterns with single quotes") from wrong
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise UserError(f"{path}: {key}: {first['msg']}", "docs/add-a-publisher.md explains every key") from wrong


def _refuse_repeated_ids(rules: Rules) -> None:
    seen: set[str] = set()
    for rule in all_rules(rules):
        if rule.id in seen:
            raise UserError(f"config: rule id {rule.id!r} is used twice", "rename one: removals are told by rule id")
        seen.add(rule.id)
