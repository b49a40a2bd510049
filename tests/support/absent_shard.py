"""An index that answers for none of its documents for a while, as a server does in the first second after a restart."""

from __future__ import annotations

from dataclasses import dataclass

from elasticsearch import Elasticsearch

from newsdex.index.bulk import Patience


@dataclass(slots=True)
class AbsentShard:
    """Closes the index when it is made, and opens it when somebody waits for the first time."""

    client: Elasticsearch
    index: str
    waited: int = 0

    def __post_init__(self) -> None:
        self.client.indices.close(index=self.index)

    @property
    def patience(self) -> Patience:
        """Wait for it."""
        return Patience(attempts=3, sleep=self._open)

    def _open(self, seconds: float) -> None:
        self.waited += 1
        self.client.indices.open(index=self.index)
        self.client.cluster.health(index=self.index, wait_for_status="yellow", timeout="20s")
