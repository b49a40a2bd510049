"""Versions of the index of articles: one serves, one may be being built, older ones wait to be gone back to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import WHOLE, Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.entries import encode
from newsdex.index.operations import operations
from newsdex.index.templates import Names, create_version, index_behind, versions
from newsdex.settings import Settings

_PAGE = 500
_KEPT_OPEN = "10m"

_Answer = TypeVar("_Answer")


class Versions:
    """The numbered indices behind `news`, `news-write` and `news-building`.

    An article that is written gets the next number of the index's operations, so "written since" is a question that has
    an exact answer.
    """

    def __init__(self, client: Elasticsearch, prefix: str, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._patience = patience or Patience()
        self.names = Names(prefix)

    def serving(self) -> str:
        """Name the index that is written to and searched."""
        return index_behind(self._client, self.names.news_write)[0]

    def building(self) -> str | None:
        """Name the index that is being filled; None when there is none."""
        if not self._client.indices.exists_alias(name=self.names.news_building):
            return None
        return index_behind(self._client, self.names.news_building)[0]

    def begin(self, settings: Settings) -> str:
        """Make the next version, which is filled and not yet searched; give its name."""
        return create_version(self._client, settings, self.names.news_building)

    def fill_again(self, index: str) -> None:
        """Let an index that served before be filled with what came since."""
        self._ask(lambda: self._client.indices.put_alias(index=index, name=self.names.news_building))

    def leave(self, index: str) -> None:
        """Fill an index no longer."""
        action = {"remove": {"index": index, "alias": self.names.news_building, "must_exist": False}}
        self._ask(lambda: self._client.indices.update_aliases(actions=[action]))

    def exists(self, index: str) -> bool:
        """Tell whether there is such an index."""
        return bool(self._client.indices.exists(index=index))

    def block(self, index: str) -> None:
        """Let no more be written to an index; whatever was being written is finished first. Writers wait."""
        self._ask(lambda: self._client.indices.add_block(index=index, block="write"))

    def unblock(self, index: str) -> None:
        """Let an index be written to again."""
        self._ask(lambda: self._client.indices.put_settings(index=index, settings={"index.blocks.write": False}))

    def switch(self, to: str) -> None:
        """Move both aliases to the index that was filled, in one step: no search falls between the two.

        All that was written to it is searched from then on.
        """
        leaving = self.serving()
        self._refresh(to)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": to, "alias": self.names.news_building, "must_exist": False}},
            *({"remove": {"index": leaving, "alias": alias}} for alias in (self.names.news, self.names.news_write)),
            *({"add": {"index": to, "alias": alias}} for alias in (self.names.news, self.names.news_write)),
        ]
        self._ask(lambda: self._client.indices.update_aliases(actions=actions))

    def remove(self, index: str) -> None:
        """Delete an index that does not serve."""
        if index == self.serving():
            raise UserError(f"{index} serves searches", "it is not removed")
        self._client.indices.delete(index=index, ignore_unavailable=True)

    def forget_all_but(self, keep: int) -> list[str]:
        """Delete the versions that do not serve, but for the newest `keep` of them; give their names."""
        serving, building = self.serving(), self.building()
        base = self.names.news
        others = [
            name
            for number in versions(self._client, base)
            if (name := f"{base}-{number:06d}") not in (serving, building)
        ]
        leaving = others[: len(others) - keep] if keep < len(others) else []
        for name in leaving:
            self._client.indices.delete(index=name)
        return leaving

    def count(self, index: str) -> int:
        """Count the articles of an index, with all that was written just now."""
        self._refresh(index)
        return int(self._ask(lambda: self._client.count(index=index))["count"])

    def last_operation(self, index: str) -> int:
        """Give the number up to which all writes are done: `written_since` shows them, later ones exceed it.

        A write that is half-way has its number already; counted in here, it would be passed by for ever.
        """
        return min(each.done for each in self._ask(lambda: operations(self._client, index)))

    def written_since(
        self, index: str, operation: int, fields: Sequence[str] | bool, query: dict[str, Any] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Give the articles written after an operation (-1 for all), in the order of writing, a page at a time.

        They are those of this moment, whatever is written meanwhile. `fields` are what is read of each; True for all,
        False for none.
        """
        self._refresh(index)
        clauses = [{"range": {"_seq_no": {"gt": operation}}}, *([query] if query else [])]
        moment = self._ask(lambda: self._client.open_point_in_time(index=index, keep_alive=_KEPT_OPEN))["id"]
        question: dict[str, Any] = {
            "query": {"bool": {"filter": clauses}},
            "sort": [{"_seq_no": "asc"}],
            "size": _PAGE,
            "source": fields if isinstance(fields, bool) else list(fields),
            "track_total_hits": False,
            **WHOLE,
            "pit": {"id": moment, "keep_alive": _KEPT_OPEN},
        }
        try:
            while True:
                hits = list(self._ask(lambda: self._client.search(**question))["hits"]["hits"])
                if hits:
                    yield hits
                if len(hits) < _PAGE:
                    return
                question["search_after"] = hits[-1]["sort"]
        finally:
            self._client.close_point_in_time(id=moment)

    def read(self, index: str, ids: Collection[str], fields: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
        """Give the documents of these ids that an index has, as they are at this moment."""
        found = read_documents(self._client, index, ids, self._patience, fields or True)
        return {name: hit["_source"] for name, hit in found.items()}

    def missing(self, ids: Collection[str], index: str) -> list[str]:
        """Give those of these ids that an index does not have at this moment."""
        there = read_documents(self._client, index, ids, self._patience, fields=False)
        return [name for name in ids if name not in there]

    def copy(self, hits: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Copy articles as they are into the index that is being filled; give those that it refuses, with its words."""
        operations = [Operation("create", self.names.news_building, hit["_id"], encode(hit["_source"])) for hit in hits]
        answers = zip(operations, send(self._client, operations, self._patience), strict=True)
        # 409: it is there already, from another fetch of it.
        return {op.id: answer.reason for op, answer in answers if not answer.accepted and answer.status != 409}

    def _refresh(self, index: str) -> None:
        self._ask(lambda: self._client.indices.refresh(index=index))

    def _ask(self, request: Callable[[], _Answer]) -> _Answer:
        return self._patience.call(request)
