"""What is read again and again: the feeds, sitemaps and sites of config/sources.yaml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from newsdex.errors import UserError

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=30)
_HINT = "docs/add-a-source.md explains every key"


class SourceKind(StrEnum):
    """What a source's address leads to."""

    FEED = "feed"
    """RSS, Atom or JSON Feed."""
    SITEMAP = "sitemap"
    """A news sitemap, a sitemap, or an index of them."""
    SITE = "site"
    """A page: the feeds and news sitemaps of its site are looked for, and looked for again once a week."""


class FullText(StrEnum):
    """Where an article's text is taken from."""

    AUTO = "auto"
    """From the feed where it carries the whole text, else from the page."""
    FEED = "feed"
    """From the feed only: an entry that does not carry the whole text is passed over."""
    PAGE = "page"
    """Always from the page."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """One source. `every` is how often it is asked (`15m`, `2h`, `1d`); `publisher` is who published all it leads to.

    `language` is a BCP 47 tag, for sources that do not say theirs: a hint, the text decides.

    >>> Source(id="gazette", url="https://gazette.example/feed", every="90m").interval
    datetime.timedelta(seconds=5400)
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    url: str = Field(max_length=2000)
    kind: SourceKind = SourceKind.FEED
    publisher: str | None = Field(default=None, min_length=1, max_length=200)
    every: str = "15m"
    full_text: FullText = FullText.AUTO
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    paused: bool = False

    @property
    def interval(self) -> timedelta:
        """The time from one poll to the next."""
        return read_span(self.every)

    @field_validator("url")
    @classmethod
    def _leads_to_the_web(cls, url: str) -> str:
        if not is_web_address(url):
            raise ValueError(f"{url!r} is no web address: it begins with http:// or https://")
        return url

    @field_validator("every")
    @classmethod
    def _is_a_span(cls, every: str) -> str:
        read_span(every)
        return every


class Sources(_Strict):
    """All sources, in the order of the file."""

    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _ids_are_told_apart(self) -> Self:
        ids = [source.id for source in self.sources]
        if repeated := next((each for each in ids if ids.count(each) > 1), None):
            raise ValueError(f"the id {repeated!r} is used twice")
        return self

    def chosen(self, ids: Collection[str]) -> tuple[Source, ...]:
        """Give the sources with these ids; without ids, those not paused. Raises `UserError` for an unknown id."""
        if not ids:
            return tuple(source for source in self.sources if not source.paused)
        known = {source.id: source for source in self.sources}
        if unknown := [each for each in ids if each not in known]:
            raise UserError(f"there is no source {unknown[0]!r}", "newsdex source list names them")
        return tuple(known[each] for each in dict.fromkeys(ids))

    def of_address(self, url: str) -> Source | None:
        """Find a source by its address."""
        return next((source for source in self.sources if source.url == url), None)


def read_span(text: str) -> timedelta:
    """Read a span of time: a number and `m`, `h` or `d`, up to thirty days. Raises `ValueError`.

    >>> read_span("2h")
    datetime.timedelta(seconds=7200)
    """
    match = _SPAN.fullmatch(text)
    if match is None or (span := timedelta(**{_UNITS[match[2]]: int(match[1])})) > _LONGEST:
        raise ValueError(f"{text!r} is no span of time such as 15m, 2h or 1d, up to 30d")
    return span


def is_web_address(url: str) -> bool:
    """Tell whether a text is an absolute http(s) address.

    >>> is_web_address("https://news.example/"), is_web_address("news.example")
    (True, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def sources_file(config: Path) -> Path:
    """Say where the sources are written."""
    return config / "sources.yaml"


def load_sources(config: Path) -> Sources:
    """Read config/sources.yaml; a missing file is an empty list.

    Raises `UserError` naming the file, the source, the key and what to do.
    """
    path = sources_file(config)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Sources()
    except UnicodeDecodeError as wrong:
        raise UserError(f"{path}: not UTF-8: {wrong}") from wrong
    return _check(path, text)


class SourcesDraft:
    """The file of the sources, to be changed: comments and order stay, and nothing wrong is ever written."""

    def __init__(self, config: Path) -> None:
        self._path = sources_file(config)
        self.sources = load_sources(config)
        self._yaml = _round_trip()
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else "sources: []\n"
        self._data: Any = self._yaml.load(text) or _mapping()
        if self._data.get("sources") is None:
            self._data["sources"] = []

    def add(self, source: Source) -> None:
        """Add a source. Raises `UserError` when its id or its address is there already."""
        if any(each.id == source.id for each in self.sources.sources):
            raise UserError(f"{self._path}: there is a source {source.id!r} already", "give another one with --id")
        if (known := self.sources.of_address(source.url)) is not None:
            raise UserError(f"{source.url} is the source {known.id!r} already", f"newsdex source test {known.id}")
        shape = source.model_dump(mode="json", exclude_defaults=True)
        shape = {"id": shape.pop("id"), "url": shape.pop("url"), "kind": source.kind.value, **shape}
        entries = self._data["sources"]
        if not len(entries):
            entries = self._block_sequence()
        entries.append(_mapping(shape))
        self._settle()

    def remove(self, source_id: str) -> None:
        """Take a source out. Raises `UserError` when there is none."""
        entries = self._data["sources"]
        entries.remove(self._find(source_id))
        self._settle()

    def pause(self, source_id: str, paused: bool) -> None:
        """Have a source asked no more, or again. Raises `UserError` when there is none."""
        entry = self._find(source_id)
        if paused:
            entry["paused"] = True
        else:
            entry.pop("paused", None)
        self._settle()

    def write(self) -> Path:
        """Write the file, in one step; give its path."""
        fresh = self._path.with_suffix(".yaml.new")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(self._text(), encoding="utf-8")
        return fresh.replace(self._path)

    def _find(self, source_id: str) -> CommentedMap:
        self.sources.chosen([source_id])
        found: CommentedMap = next(each for each in self._data["sources"] if each.get("id") == source_id)
        return found

    def _block_sequence(self) -> Any:
        """Put an empty sequence in block style, one entry below the other, where `[]` stood."""
        from ruamel.yaml.comments import CommentedSeq

        fresh = CommentedSeq()
        fresh.fa.set_block_style()
        self._data["sources"] = fresh
        return fresh

    def _settle(self) -> None:
        self.sources = _check(self._path, self._text())

    def _text(self) -> str:
        written = StringIO()
        self._yaml.dump(self._data, written)
        return written.getvalue()


def propose_id(text: str, taken: Iterable[str]) -> str:
    """Make an id of a title or an address, one that is not taken.

    >>> propose_id("The Northmoor Gazette — World", [])
    'the-northmoor-gazette-world'
    >>> propose_id("https://www.gazette.example/feeds/world.xml", ["gazette-example"])
    'gazette-example-2'
    """
    host = urlsplit(text).hostname if is_web_address(text) else None
    words = re.findall(r"[a-z0-9]+", (host.removeprefix("www.") if host else text).lower())
    base, known = "-".join(words)[:60].strip("-") or "source", set(taken)
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(known) + 2))
    return next(each for each in numbered if each not in known)


def _check(path: Path, text: str) -> Sources:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise UserError(f"{path}: not readable as YAML: {wrong}", _HINT) from wrong
    if isinstance(data, dict) and data.get("sources", ()) is None:
        data = {**data, "sources": []}
    try:
        return Sources.model_validate({} if data is None else data)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise UserError(f"{path}: {_place(first['loc'], data)}: {first['msg']}", _HINT) from wrong


def _place(location: tuple[int | str, ...], data: Any) -> str:
    """Name the key that is wrong, its source by id where it has one."""
    if len(location) < 2 or not isinstance(location[1], int):
        return ".".join(map(str, location)) or "the whole file"
    entry = data["sources"][location[1]]
    told = entry.get("id") if isinstance(entry, dict) else None
    return ": ".join(str(each) for each in (told or f"source {location[1] + 1}", *location[2:]))


def _mapping(shape: dict[str, Any] | None = None) -> CommentedMap:
    from ruamel.yaml.comments import CommentedMap

    return CommentedMap(shape or {})


def _round_trip() -> YAML:
    from ruamel.yaml import YAML

    yaml_ = YAML(typ="rt")
    yaml_.indent(mapping=2, sequence=4, offset=2)
    yaml_.preserve_quotes = True
    yaml_.width = 4096
    return yaml_
