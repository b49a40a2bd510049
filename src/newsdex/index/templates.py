"""The indices and their aliases, made from the mappings in config/elasticsearch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from newsdex.errors import UserError
from newsdex.settings import Settings


@dataclass(frozen=True, slots=True)
class Names:
    """What the indices are called; the prefix lets several archives share one cluster.

    >>> Names("test-").news_write
    'test-news-write'
    """

    prefix: str = ""

    @property
    def news(self) -> str:
        """The alias that is searched."""
        return f"{self.prefix}news"

    @property
    def news_write(self) -> str:
        """The alias that is written to; one versioned index stands behind it."""
        return f"{self.prefix}news-write"

    @property
    def news_building(self) -> str:
        """The alias of the index that a rebuild is filling; there is none at other times."""
        return f"{self.prefix}news-building"

    @property
    def quarantine(self) -> str:
        """Documents that could not go on, each with its reason."""
        return f"{self.prefix}news-quarantine"

    @property
    def runs(self) -> str:
        """The balance sheet of every run."""
        return f"{self.prefix}news-runs"

    @property
    def revisions(self) -> str:
        """The former texts of articles that were changed."""
        return f"{self.prefix}news-revisions"

    @property
    def frontier(self) -> str:
        """The web addresses that feeds, sitemaps and lists led to, and how far each one is."""
        return f"{self.prefix}news-frontier"

    @property
    def sources(self) -> str:
        """How it stands with each source of config/sources.yaml."""
        return f"{self.prefix}news-sources"

    @property
    def scorecards(self) -> str:
        """How well each source did, one entry a day."""
        return f"{self.prefix}news-scorecards"


_BESIDE_THE_NEWS = (
    "news-quarantine",
    "news-runs",
    "news-revisions",
    "news-frontier",
    "news-sources",
    "news-scorecards",
)
"""The indices beside the articles: each under the one alias that is its name, with the mapping of that name."""


def ensure_indices(client: Elasticsearch, settings: Settings) -> list[str]:
    """Make the indices that are missing, with their aliases; give the names of those made.

    Running it again changes nothing. Raises `UserError` when the articles' index was made with another version of the
    mapping: they have to be rebuilt into a new one, never written into the old. The indices beside it are given what a
    newer version of their mapping adds.
    """
    names = Names(settings.index_prefix)
    made = ensure_others(client, settings)
    shape = read_mapping(settings, "news")
    made += _make_missing(client, names.news, (names.news_write, names.news), shape)
    wanted = shape["mappings"]["_meta"]["schema_version"]
    found = index_meta(client, names.news_write).get("schema_version")
    if found != wanted:
        raise UserError(
            f"the index behind {names.news_write} has mapping version {found}, this Newsdex writes version {wanted}",
            "newsdex rebuild makes a new one from the raw archive while the old one goes on serving searches; or go "
            "back to the version of Newsdex that made it",
        )
    return made


def ensure_others(client: Elasticsearch, settings: Settings) -> list[str]:
    """Make what is missing of the indices beside the articles' own, and bring the mappings of the others up to date."""
    made: list[str] = []
    for name in _BESIDE_THE_NEWS:
        alias, shape = f"{settings.index_prefix}{name}", read_mapping(settings, name)
        made += _make_missing(client, alias, (alias,), shape)
        wanted = shape["mappings"]["_meta"]["schema_version"]
        found = index_meta(client, alias).get("schema_version")
        if found < wanted:
            _extend(client, alias, shape["mappings"])
        elif found > wanted:
            raise UserError(
                f"the index behind {alias} has mapping version {found}, this Newsdex writes version {wanted}",
                "a newer Newsdex made it: upgrade this one",
            )
    return made


def read_mapping(settings: Settings, name: str) -> dict[str, Any]:
    """Read settings and mapping of an index from config/elasticsearch. Raises `UserError` naming the file."""
    path = settings.config / "elasticsearch" / f"{name}.json"
    try:
        shape = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise UserError(f"{path}: no such file", "set NEWSDEX_CONFIG to the config folder of a checkout") from missing
    except ValueError as wrong:
        raise UserError(f"{path}: not readable as JSON: {wrong}") from wrong
    if not isinstance(shape, dict) or "schema_version" not in shape.get("mappings", {}).get("_meta", {}):
        raise UserError(f"{path}: no mappings._meta.schema_version", "restore the file from git")
    return shape


def index_meta(client: Elasticsearch, alias: str) -> dict[str, Any]:
    """Read `_meta` of the one index behind an alias. Raises `UserError` when there is none."""
    return index_behind(client, alias)[1]


def index_behind(client: Elasticsearch, alias: str) -> tuple[str, dict[str, Any]]:
    """Give the name of the one index behind an alias, and its `_meta`. Raises `UserError` when there is none."""
    try:
        found = client.indices.get_mapping(index=alias, filter_path="*.mappings._meta,*.mappings.dynamic")
    except NotFoundError as missing:
        raise UserError(f"Elasticsearch has no index {alias}", "newsdex up makes it") from missing
    if len(found) != 1:
        raise UserError(f"{alias} names {len(found)} indices, where one is meant", "move the alias to one of them")
    index, shape = next(iter(found.items()))
    return index, dict(shape["mappings"].get("_meta", {}))


def create_version(client: Elasticsearch, settings: Settings, alias: str) -> str:
    """Make the next numbered index of articles, behind `alias` alone, and give its name."""
    base = Names(settings.index_prefix).news
    shape = read_mapping(settings, "news")
    index = f"{base}-{max(versions(client, base), default=0) + 1:06d}"
    _create(client, index, shape, (alias,))
    return index


def versions(client: Elasticsearch, base: str) -> list[int]:
    """Give the numbers of the indices of a name (`news-000001`), in order."""
    found = client.indices.get(index=f"{base}-0*", filter_path="*.settings.index.uuid", expand_wildcards="all")
    numbers = (name.removeprefix(f"{base}-") for name in found)
    return sorted(int(number) for number in numbers if number.isdecimal())


def _make_missing(client: Elasticsearch, base: str, aliases: tuple[str, ...], shape: Mapping[str, Any]) -> list[str]:
    leading = aliases[0]
    if client.indices.exists_alias(name=leading):
        return []
    if client.indices.exists(index=leading):
        raise UserError(f"{leading} is an index, where Newsdex needs an alias", "remove or rename that index")
    index = f"{base}-000001"
    if _create(client, index, shape, aliases):
        return [index]
    # Another process was quicker; its index is looked at like any other.
    client.indices.update_aliases(actions=[{"add": {"index": index, "alias": alias}} for alias in aliases])
    return []


def _create(client: Elasticsearch, index: str, shape: Mapping[str, Any], aliases: tuple[str, ...]) -> bool:
    try:
        client.indices.create(
            index=index,
            settings=shape["settings"],
            mappings=shape["mappings"],
            aliases={alias: {} for alias in aliases},
        )
    except BadRequestError as refused:
        if refused.error != "resource_already_exists_exception":
            raise UserError(f"Elasticsearch refuses the mapping of {index}: {refused}") from refused
        return False
    return True


def _extend(client: Elasticsearch, alias: str, mapping: Mapping[str, Any]) -> None:
    try:
        client.indices.put_mapping(index=alias, properties=mapping["properties"], meta=mapping["_meta"])
    except BadRequestError as refused:
        raise UserError(
            f"the index behind {alias} cannot be given the mapping of this Newsdex: {refused}",
            "a field may be added to a mapping, not changed: give the changed one another name",
        ) from refused
