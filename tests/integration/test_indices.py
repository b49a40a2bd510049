"""The connection and the indices: what is wrong is said before anything is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from free_ports import free_port

from newsdex.errors import UserError
from newsdex.index import Names, connect, ensure_indices, write
from newsdex.index.operations import Operations, operations
from newsdex.index.templates import create_version, versions
from newsdex.settings import Settings


def test_nothing_listening_is_told_with_what_starts_it(settings: Settings) -> None:
    """The error names `newsdex up`."""
    with pytest.raises(UserError, match=r"does not answer.*\n.*newsdex up"):
        connect(replace(settings, elasticsearch_url=f"http://127.0.0.1:{free_port()}"))


def test_something_else_listening_is_told(settings: Settings) -> None:
    """A web server is no Elasticsearch."""
    import http.server
    import threading

    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(UserError):
            connect(replace(settings, elasticsearch_url=f"http://127.0.0.1:{server.server_address[1]}"))
    finally:
        server.shutdown()
        server.server_close()


def test_one_alias_to_read_and_one_to_write_stand_before_a_numbered_index(
    client: Elasticsearch, settings: Settings
) -> None:
    """A later version of the index can be built beside it and the aliases moved."""
    names = Names(settings.index_prefix)
    assert set(client.indices.get_alias(name=f"{names.news},{names.news_write}")) == {f"{names.news}-000001"}


def with_mapping(settings: Settings, folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> Settings:
    """Settle on a config folder of its own, in which one mapping is of the next version and changed."""
    shutil.copytree(settings.config / "elasticsearch", folder / "elasticsearch")
    path = folder / "elasticsearch" / f"{name}.json"
    shape = json.loads(path.read_text(encoding="utf-8"))
    shape["mappings"]["_meta"]["schema_version"] += 1
    change(shape["mappings"]["properties"])
    path.write_text(json.dumps(shape), encoding="utf-8")
    return replace(settings, config=folder)


def test_an_index_of_another_mapping_version_is_refused(
    client: Elasticsearch, settings: Settings, tmp_path: Path
) -> None:
    """Writing a new version into an index of the old one would lose or refuse fields one by one; a rebuild does not."""
    newer = with_mapping(settings, tmp_path, "news", lambda properties: None)
    with pytest.raises(UserError, match=r"has mapping version \d+, this Newsdex writes version \d+\n.*newsdex rebuild"):
        ensure_indices(client, newer)


def test_an_index_beside_the_articles_is_given_what_a_newer_mapping_adds(
    client: Elasticsearch, settings: Settings, tmp_path: Path
) -> None:
    """Its documents cannot be made anew from the raw archive, and need not be."""
    newer = with_mapping(
        settings, tmp_path, "news-quarantine", lambda properties: properties.update(note={"type": "keyword"})
    )
    ensure_indices(client, newer)
    client.index(index=Names(settings.index_prefix).quarantine, document={"note": "seen"}, require_alias=True)
    with pytest.raises(UserError, match="a newer Newsdex made it"):
        ensure_indices(client, settings)


def test_a_field_that_is_changed_cannot_be_added(client: Elasticsearch, settings: Settings, tmp_path: Path) -> None:
    """A date that becomes a keyword is told, not half done."""
    newer = with_mapping(
        settings, tmp_path, "news-runs", lambda properties: properties.update(stored_at={"type": "keyword"})
    )
    with pytest.raises(UserError, match="cannot be given the mapping"):
        ensure_indices(client, newer)


def test_the_next_version_stands_beside_the_first_and_is_not_searched(
    client: Elasticsearch, settings: Settings
) -> None:
    """Only its own alias leads to it, until the aliases are moved."""
    names = Names(settings.index_prefix)
    assert create_version(client, settings, names.news_building) == f"{names.news}-000002"
    assert set(client.indices.get_alias(name=names.news)) == {f"{names.news}-000001"}
    assert versions(client, names.news) == [1, 2]


def test_an_index_in_the_place_of_an_alias_is_told(client: Elasticsearch, settings: Settings) -> None:
    """Somebody's own index of that name is left alone."""
    own = replace(settings, index_prefix=f"{settings.index_prefix}own-")
    client.indices.create(index=Names(own.index_prefix).news_write)
    with pytest.raises(UserError, match="is an index, where Newsdex needs an alias"):
        ensure_indices(client, own)


def test_writing_without_indices_makes_none(client: Elasticsearch) -> None:
    """A misspelt prefix is told, and no index appears."""
    with pytest.raises(UserError, match="has no index nowhere-news-write"):
        list(write(client, [make_article()], prefix="nowhere-", indexed_at=NOW))
    assert not client.indices.exists(index="nowhere-news-write")


def test_an_acknowledged_write_is_done(client: Elasticsearch, settings: Settings) -> None:
    """Its number is among those of which a refresh shows all."""
    index = f"{Names(settings.index_prefix).news}-000001"
    assert operations(client, index) == [Operations(begun=-1, done=-1)]
    article = make_article(("The ferry sails at noon, its captain said.",), headline="Ferry sails")
    assert [written.outcome for written in write(client, [article], prefix=settings.index_prefix, indexed_at=NOW)]
    (after,) = operations(client, index)
    assert after.begun == after.done >= 0
