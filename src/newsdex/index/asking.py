"""Questions of pages to an index: an index that is not there holds nothing, and what fails is said to a person."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from newsdex.errors import UserError

_NOTHING: dict[str, Any] = {"hits": {"total": {"value": 0}, "hits": []}}


def ask(client: Elasticsearch, index: str, **asked: Any) -> dict[str, Any]:
    """Search an index, hits counted exactly. Raises `UserError` when Elasticsearch does not answer or refuses."""
    try:
        return dict(client.search(index=index, track_total_hits=True, **asked))
    except NotFoundError:
        return _NOTHING
    except ApiError as refused:
        raise UserError(f"Elasticsearch refuses to read: {refused}", "newsdex doctor says what is wrong") from refused
    except TransportError as silent:
        raise UserError("Elasticsearch does not answer", "newsdex status says what runs") from silent
