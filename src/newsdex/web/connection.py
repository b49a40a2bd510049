"""The one connection of the pages to Elasticsearch, opened when it is first needed: the pages may be up before it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock

from elasticsearch import Elasticsearch

from newsdex.index import Names, connect
from newsdex.index.search import explained
from newsdex.index.templates import index_meta
from newsdex.settings import Settings

_REMEMBERED = 60.0
"""Seconds that the page goes by what the index said of its languages: a rebuild may put another index behind it."""


class Connection:
    """Opens the client once, for all threads, and remembers what every search needs to know of the index."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._client: Elasticsearch | None = None
        self._fields: tuple[float, Mapping[str, str]] = (0.0, {})

    def client(self) -> Elasticsearch:
        """Give the client. Raises `UserError` as long as nothing answers; the next call tries again."""
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings)
            return self._client

    def language_fields(self) -> Mapping[str, str]:
        """Give the mapping's objects by language. Raises `UserError` when Elasticsearch or the index is not there."""
        until, fields = self._fields
        if time.monotonic() >= until:
            news = Names(self._settings.index_prefix).news
            with explained(news):
                fields = index_meta(self.client(), news).get("language_fields", {})
            self._fields = (time.monotonic() + _REMEMBERED, fields)
        return fields

    def close(self) -> None:
        """Close it, if it was ever opened; a server that does not answer yet is not waited for."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
