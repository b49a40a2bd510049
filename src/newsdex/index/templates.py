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
    def quarantine(self) -> str:
        """Documents that could not go on, each with its reason."""
        return f"{self.prefix}news-quarantine"

    @property
    def runs(self) -> str:
        """The balance sheet of every run."""
        return f"{self.prefix}news-runs"


def ensure_indices(client: Elasticsearch, settings: Settings) -> list[str]:
    """Make the indices that are missing, with their aliases; give the names of those made.

    Running it again changes nothing. Raises `UserError` when an index was made with another version of the mapping:
    its articles have to be rebuilt into a new one, never written into the old.
    """
    names = Names(settings.index_prefix)
    return [
        *_ensure(client, names.news, (names.news_write, names.news), read_mapping(settings, "news")),
        *_ensure(client, names.quarantine, (names.quarantine,), read_mapping(settings, "news-quarantine")),
        *_ensure(client, names.runs, (names.runs,), read_mapping(settings, "news-runs")),
    ]


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
    try:
        found = client.indices.get_mapping(index=alias)
    except NotFoundError as missing:
        raise UserError(f"Elasticsearch has no index {alias}", "newsdex up makes it") from missing
    if len(found) != 1:
        raise UserError(f"{alias} names {len(found)} indices, where one is meant", "move the alias to one of them")
    mapping = next(iter(found.values()))["mappings"]
    return dict(mapping.get("_meta", {}))


def _ensure(client: Elasticsearch, base: str, aliases: tuple[str, ...], shape: Mapping[str, Any]) -> list[str]:
    leading = aliases[0]
    made: list[str] = []
    if not client.indices.exists_alias(name=leading):
        if client.indices.exists(index=leading):
            raise UserError(f"{leading} is an index, where Newsdex needs an alias", "remove or rename that index")
        index = f"{base}-000001"
        try:
            client.indices.create(
                index=index,
                settings=shape["settings"],
                mappings=shape["mappings"],
                aliases={alias: {} for alias in aliases},
            )
            made.append(index)
        except BadRequestError as refused:
            # Another process was quicker; its index is looked at like any other.
            if refused.error != "resource_already_exists_exception":
                raise UserError(f"Elasticsearch refuses the mapping of {index}: {refused}") from refused
            client.indices.update_aliases(actions=[{"add": {"index": index, "alias": alias}} for alias in aliases])
    wanted = shape["mappings"]["_meta"]["schema_version"]
    found = index_meta(client, leading).get("schema_version")
    if found != wanted:
        raise UserError(
            f"the index behind {leading} has mapping version {found}, this Newsdex writes version {wanted}",
            "set NEWSDEX_INDEX_PREFIX to a new name (v2-, say) and ingest the documents again: the old index stays as "
            "it is, and the raw archive has their bytes; or go back to the version of Newsdex that made it",
        )
    return made
