"""Documents of the raw archive through today's rules, into an index that is being built."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.read import OpenedDocument, reopen
from newsdex.records import Article, RawDocument, Rejection
from newsdex.run.archiving import open_archive
from newsdex.run.chunks import CHUNK_BYTES, portions
from newsdex.run.clock import now
from newsdex.run.line import HANDED_TOGETHER, DocumentWorkers, document_workers
from newsdex.run.progress import Told, unheard
from newsdex.settings import Settings

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from newsdex.archive import Archive
    from newsdex.index import Written
    from newsdex.index.versions import Versions
    from newsdex.index.writer import Building

log = logging.getLogger(__name__)

_WRITTEN_TOGETHER = 500
_TOLD_EVERY = 10.0


@dataclass(slots=True)
class Progress:
    """How far one step of a rebuild is; `told` hears of it, and the log every ten seconds."""

    told: Told = unheard
    step: str = ""
    done: int = 0
    total: int = 0
    _began: float = 0.0
    _logged: float = field(default=0.0)

    def begin(self, step: str, total: int) -> None:
        """Begin a step of about so many documents."""
        self.step, self.done, self.total = step, 0, total
        self._began = self._logged = time.monotonic()
        self.told(step, 0, total)

    def advance(self, by: int = 1) -> None:
        """Count what is done."""
        self.done += by
        self.total = max(self.total, self.done)
        self.told(self.step, self.done, self.total)
        if time.monotonic() - self._logged >= _TOLD_EVERY:
            self._logged = time.monotonic()
            log.info("%s", self)

    def reach(self, done: int) -> None:
        """Tell how much is done."""
        self.advance(done - self.done)

    def __str__(self) -> str:
        """Say it in one line, with the rate and the time left."""
        rate = self.done / max(time.monotonic() - self._began, 0.001)
        told = f"{self.step}: {self.done:,} of about {self.total:,}, {rate:,.1f} a second"
        if self.done * 100 < self.total:  # too early to tell
            return told
        return f"{told}, {(self.total - self.done) / rate:,.0f} s left" if rate else told


@dataclass(frozen=True, slots=True)
class Replay:
    """What a rebuild works with: the archive, the line in worker processes, and the versions of the index."""

    settings: Settings
    client: Elasticsearch
    archive: Archive
    workers: DocumentWorkers
    versions: Versions
    progress: Progress

    def through(
        self, documents: Iterable[RawDocument], building: Building, refused: Callable[[Rejection], None]
    ) -> Iterator[Written]:
        """Take documents through today's rules into the index that is being built; `refused` hears of rejections."""
        from newsdex.index import write

        def results() -> Iterator[Article | Rejection]:
            opened = (reopen(raw, limit=self.settings.document_bytes) for raw in documents)
            for result in self.workers.map(portions(opened, _size, HANDED_TOGETHER, CHUNK_BYTES)):
                if isinstance(result, Rejection):
                    refused(result)
                yield result

        for written in write(
            self.client,
            results(),
            prefix=self.settings.index_prefix,
            indexed_at=now(),
            chunk_documents=_WRITTEN_TOGETHER,
            building=building,
        ):
            self.progress.advance()
            yield written

    def document(self, origin: Mapping[str, Any]) -> RawDocument | None:
        """Read the document of this origin back; None when the archive does not have it any more.

        Where files of the archive were deleted, a later one may have the name of an earlier one: a raw_ref leads to
        another document.
        """
        raw_ref = origin.get("raw_ref")
        if raw_ref is None:
            return None
        try:
            found = self.archive.document(raw_ref, largest=self.settings.document_bytes)
        except UserError as gone:
            log.warning("%s", gone.message)
            return None
        if found.origin.uri != origin["uri"]:
            log.warning("%s holds %s in place of %s", raw_ref, found.origin.uri, origin["uri"])
            return None
        return found


@contextmanager
def replay(settings: Settings, processes: int, told: Told | None = None) -> Iterator[Replay]:
    """Open what a rebuild works with, and wait until the workers could begin."""
    from newsdex.index import connect
    from newsdex.index.versions import Versions

    progress = Progress(told) if told else Progress()
    # The workers come first: what has threads of its own cannot be forked.
    with document_workers(settings, processes) as workers, closing(connect(settings)) as client:
        workers.wait_ready()
        versions = Versions(client, settings.index_prefix)
        yield Replay(settings, client, open_archive(settings), workers, versions, progress)


def _size(opened: OpenedDocument) -> int:
    return len(opened.raw.content)


def origin_of(hit: dict[str, Any]) -> dict[str, Any]:
    """Give the origin of an article as the index answers."""
    origin: dict[str, Any] = hit["_source"].get("origin", {})
    return origin
