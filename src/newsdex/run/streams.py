"""The Kafka door: messages taken in batches, worked like any other, and committed once the index has answered.

    take_messages -> ingest_batch, for each -> close_stream -> commit_stream

What a run has taken, and how far, stands in its journal (`newsdex.run.stream_journal`): the offsets that are committed
in the end are those whose messages are in batches that have a balance sheet.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from newsdex.errors import UserError
from newsdex.read.inbox import run_folder
from newsdex.records import Rejection
from newsdex.run.archiving import open_archive
from newsdex.run.batches import adopt_batches, close_run, open_refs_batch
from newsdex.run.clock import now
from newsdex.run.inbox import bounded
from newsdex.run.stream_journal import StreamJournal, Taken, hold_streams, journal_of, left_behind
from newsdex.settings import Settings
from newsdex.spool import Spool

if TYPE_CHECKING:
    from newsdex.archive import ArchiveWriter
    from newsdex.read.kafka import Partition, Topics
    from newsdex.read.messages import Message

log = logging.getLogger(__name__)

STREAM = "ingest_stream"
MOST_MESSAGES = 100_000
"""Messages that one run takes at most, whatever a form says."""

_TAKE_SECONDS = 300.0
_TOMBSTONE = "tombstone"
_SECURED_BYTES = 16_000_000

Options: TypeAlias = Mapping[str, Any]
"""What an Airflow connection says of a cluster, by librdkafka's names."""


def what_stream_lacks(settings: Settings) -> str:
    """Say in a sentence what has to be set before messages can be taken; nothing when all is."""
    if settings.kafka_topics and (settings.kafka_servers or settings.kafka_connection):
        return ""
    return (
        "No Kafka topic is set up: set NEWSDEX_KAFKA_TOPICS, and NEWSDEX_KAFKA_SERVERS or NEWSDEX_KAFKA_CONNECTION, "
        "then start Airflow again."
    )


def take_messages(
    settings: Settings, run_id: str, *, options: Options | None = None, most: int | None = None
) -> list[str]:
    """Take the messages that wait into batches; give the names of the run's batches. Nothing is committed.

    Batches that a dead run left come first, and its messages are not read again. `most` bounds the messages in place of
    the settings; what is left over waits for the next run. May be called again after any failure. Raises `UserError`
    when Kafka does not answer, or while another process takes messages.
    """
    most = bounded("messages", most, settings.batches_per_run * settings.batch_files, MOST_MESSAGES)
    run = run_folder(run_id)
    with hold_streams(settings.spool, run) as journal:
        for other in left_behind(settings.spool, run):
            _take_over(settings, journal, other)
        adopted = adopt_batches(settings, run_id, STREAM)
        if busy := Spool(settings.spool).others(run, STREAM):
            raise UserError(f"another run is working on {', '.join(busy)}", "wait until it has ended")
        if journal.batches is None:
            with _open_topics(settings, options) as topics:
                _drain(settings, journal, topics, most)
        opened = _open_batches(settings, run_id, journal)
        batches = list(dict.fromkeys([*adopted, *opened, *Spool(settings.spool).run_batches(run)]))
        journal.end(batches)
    return batches


def close_stream(settings: Settings, run_id: str, sheets: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Close a run as `close_run` does; the messages that were no inputs are counted as passed over."""
    sheets = list(sheets)
    passed_over = journal_of(settings.spool, run_folder(run_id)).passed_over()
    if sheets and passed_over:
        together = Counter(sheets[0].get("passed_over", {})) + passed_over
        sheets[0] = {**sheets[0], "passed_over": dict(together)}
    return close_run(settings, run_id, sheets)


def commit_stream(settings: Settings, run_id: str, *, options: Options | None = None) -> dict[str, int]:
    """Have Kafka remember what a run has done with; give the offsets, by partition.

    Does nothing when the run has taken nothing, has committed before, or another run took over what it had. Raises
    `UserError` when a batch of the run has not been closed: its messages may not be in the index.
    """
    run = run_folder(run_id)
    journal = journal_of(settings.spool, run)
    if not journal.folder.exists():
        return {}
    batches = journal.batches
    if batches is None:
        raise UserError("not all messages of this run are in batches", "let its first task run again")
    spool = Spool(settings.spool)
    if waiting := [batch for batch in batches if spool.closed_sheet(run, batch) is None]:
        raise UserError(f"{len(waiting)} batches are not done: {', '.join(waiting)}", "nothing is committed before")
    positions = journal.positions()
    if positions:
        with _open_topics(settings, options) as topics:
            topics.commit(positions)
    journal.forget()
    log.info("committed: %s", ", ".join(f"{name} up to {offset}" for name, offset in sorted(positions.items())))
    return positions


class StreamWatch:
    """A look at the topics again and again, by one connection: how many messages are not committed."""

    def __init__(self, settings: Settings, options: Options | None = None) -> None:
        self._topics = _open_topics(settings, options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def look(self) -> dict[str, int]:
        """Count the messages that wait, by topic; topics where none does are left out. Nothing is read."""
        waiting: Counter[str] = Counter()
        for partition in self._topics.partitions():
            waiting[partition.topic] += partition.waiting
        return dict(+waiting)

    def close(self) -> None:
        """Let go of the cluster."""
        self._topics.close()


@dataclass(slots=True)
class _Drain:
    """Messages on their way into the archive and the journal."""

    settings: Settings
    journal: StreamJournal
    archive: ArchiveWriter
    mapping: Mapping[str, str]
    refs: list[str] = field(default_factory=list)
    refusals: list[Rejection] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    positions: dict[str, int] = field(default_factory=dict)
    held: int = 0
    unsafe: int = 0

    @property
    def documents(self) -> int:
        """How many inputs are not in the journal yet."""
        return len(self.refs) + len(self.refusals)

    def take(self, message: Message) -> None:
        """Archive a message."""
        if message.value is None:
            self.passed_over[_TOMBSTONE] += 1
        else:
            self._make_room(len(message.value))
            self._archive(message)
        self.positions[f"{message.topic}/{message.partition}"] = message.offset + 1

    def note(self) -> None:
        """Have what was taken safe in the archive, and then in the journal."""
        if not self.positions:
            return
        self.archive.flush()
        taken = Taken(self.positions, tuple(self.refs), tuple(self.refusals), self.passed_over)
        self.journal.append(taken)
        self.refs, self.refusals, self.positions, self.passed_over = [], [], {}, Counter()
        self.held = self.unsafe = 0

    def _make_room(self, size: int) -> None:
        full = self.documents >= self.settings.batch_files or self.held + size > self.settings.batch_bytes
        if self.documents and full:
            self.note()
        elif self.unsafe + size > _SECURED_BYTES:
            self.archive.flush()
            self.unsafe = 0

    def _archive(self, message: Message) -> None:
        from newsdex.read.messages import open_message

        limit = self.settings.document_bytes
        opened = open_message(message, mapping=self.mapping, read_at=now(), limit=limit)
        ref = self.archive.add(opened.raw)
        rejection = opened.archived(ref).rejection
        if rejection is None:
            self.refs.append(ref)
        else:
            self.refusals.append(rejection)
        size = len(message.value or b"")
        self.held, self.unsafe = self.held + size, self.unsafe + size


def _drain(settings: Settings, journal: StreamJournal, topics: Topics, most: int) -> None:
    """Read what waits, up to the bounds of a run, behind what the journal has."""
    from newsdex.read.fields import check_mapping
    from newsdex.read.kafka import End

    mapping = check_mapping(settings.kafka_mapping)
    start = _start(topics.partitions(), journal.positions())
    most -= sum(line.inputs + sum(line.passed_over.values()) for line in journal.lines())
    most_bytes = settings.batches_per_run * settings.batch_bytes
    begun, messages, size = time.monotonic(), 0, 0
    with open_archive(settings).writer(f"kafka-{journal.run}", now().date()) as archive:
        drain = _Drain(settings, journal, archive, mapping)
        for found in topics.read(start) if most > 0 else ():
            if isinstance(found, End):
                if found.offset > start[found.partition]:
                    drain.positions[found.partition] = found.offset
                continue
            drain.take(found)
            messages, size = messages + 1, size + len(found.value or b"")
            if messages >= most or size >= most_bytes or time.monotonic() - begun >= _TAKE_SECONDS:
                break
        drain.note()
    log.info("messages taken: %d, bytes in them: %d", messages, size)
    for what, count in sorted(journal.passed_over().items()):
        log.info("no documents, passed over: %s, %d times", what, count)


def _start(partitions: Iterable[Partition], taken: Mapping[str, int]) -> dict[str, int]:
    """Say where to read on in each partition, and warn of messages that are gone unread."""
    start = {}
    for partition in partitions:
        start[partition.name] = partition.first(taken.get(partition.name))
        if partition.committed is not None and partition.committed < partition.low:
            gone = partition.low - partition.committed
            log.warning("%s: Kafka deleted about %d messages before they were read", partition.name, gone)
    return start


def _take_over(settings: Settings, journal: StreamJournal, other: StreamJournal) -> None:
    """Make what a dead run has taken ready to be adopted, and read on behind it."""
    lines = other.lines()
    if lines:
        log.warning("run %s was left behind: this run takes over its %d batches", other.run, len(lines))
        _open_batches(settings, other.run, other)
        journal.append(Taken(other.positions()))
    other.forget()


def _open_batches(settings: Settings, run_id: str, journal: StreamJournal) -> list[str]:
    """Open the batches of a journal: the same ones, however often this is done."""
    return [
        open_refs_batch(settings, run_id, line.refs, refusals=line.refusals, queue=STREAM)
        for line in journal.lines()
        if line.inputs
    ]


def _open_topics(settings: Settings, options: Options | None) -> Topics:
    from newsdex.read.kafka import Topics

    if lack := what_stream_lacks(settings):
        raise UserError(lack)
    options = {**(options or {}), **settings.kafka_options}
    servers = settings.kafka_servers or str(options.get("bootstrap.servers", ""))
    if not servers:
        where = f"the connection {settings.kafka_connection} says no bootstrap.servers"
        raise UserError(where, 'write {"bootstrap.servers": "kafka-1:9092"} into its config')
    return Topics(servers, settings.kafka_group, settings.kafka_topics, options)
