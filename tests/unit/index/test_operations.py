"""How far the writes to an index are, where one of them is half-way: no server can be made to stop there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig, ObjectApiResponse

from newsdex.index.bulk import Patience
from newsdex.index.candidates import Candidates
from newsdex.index.operations import Operations, operations
from newsdex.index.versions import Versions

META = ApiResponseMeta(200, "1.1", HttpHeaders(), 0.01, NodeConfig("http", "127.0.0.1", 9200))


class Server:
    """Says of an index with a copy that write 7 has been done, and 8 and 9 begun."""

    def __init__(self, *, is_ready: bool = True) -> None:
        self.is_ready = is_ready
        self.indices = SimpleNamespace(stats=self._stats)

    def options(self, **_: Any) -> Server:
        """Give the same, whatever is wished for."""
        return self

    def _stats(self, **asked: Any) -> ObjectApiResponse[Any]:
        copies = [
            {"routing": {"primary": True}, "seq_no": {"max_seq_no": 9, "local_checkpoint": 7}},
            {"routing": {"primary": False}, "seq_no": {"max_seq_no": 6, "local_checkpoint": 6}},
        ]
        indices = {asked["index"]: {"shards": {"0": copies}}} if self.is_ready else {}
        return ObjectApiResponse({"indices": indices} if indices else {}, META)


def test_begun_and_done_are_told_apart() -> None:
    """Of the primary shard."""
    assert operations(Server(), "news-000001") == [Operations(begun=9, done=7)]  # type: ignore[arg-type]


def test_a_write_that_is_half_way_is_not_passed_by() -> None:
    """What catches up goes on behind the last write that a search can see; 8 and 9 are seen the next time."""
    assert Versions(Server(), "").last_operation("news-000001") == 7  # type: ignore[arg-type]


def test_shards_that_are_not_at_hand_are_waited_for() -> None:
    """A server that was started a moment ago tells of no shard."""
    server = Server(is_ready=False)

    def sleep(_: float) -> None:
        server.is_ready = True

    patience = Patience(sleep=sleep)
    assert Versions(server, "", patience).last_operation("news-000001") == 7  # type: ignore[arg-type]


def test_a_writer_counts_what_others_have_begun_as_theirs() -> None:
    """Before: what is done; afterwards: what is begun. So a write between the two is always looked at."""
    candidates = Candidates(Server(), "news-write", Patience())  # type: ignore[arg-type]
    assert (candidates.operations(begun=False), candidates.operations(begun=True)) == (8, 10)
