"""The topics of a Kafka cluster: read from wherever the caller says, and how far is committed only when it says so.

The client takes partitions by itself (`assign`) and is never a member of its group, of which it uses the memory alone:
there is no rebalance to lose a partition in, and one process may commit what another has read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from confluent_kafka import (
    OFFSET_INVALID,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka import Message as RawMessage

from newsdex.errors import UserError
from newsdex.read.messages import Message, time_of

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 10.0
_SILENCE_SECONDS = 20.0
"""Without a message or an end for so long, what has not ended yet is left for another time."""

_POLL_SECONDS = 0.2
_AGAIN_SECONDS = 0.2
_MESSAGES_AT_ONCE = 50
_OWN_OPTIONS = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "queued.max.messages.kbytes": 32_768,
}
_GIVEN_ELSEWHERE = {"bootstrap.servers": "NEWSDEX_KAFKA_SERVERS", "group.id": "NEWSDEX_KAFKA_GROUP"}
_PASSING = frozenset({KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE, KafkaError._TIMED_OUT})


_MOVING = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError._WAIT_COORD,
    }
)


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of a topic: the offsets between which it has messages now, and up to where it is done with.

    `committed` is None while the group has committed nothing. `high` is one more than the last message's offset.
    """

    topic: str
    number: int
    low: int
    high: int
    committed: int | None

    @property
    def name(self) -> str:
        """What it is called in positions.

        >>> Partition("news", 0, 0, 17, None).name
        'news/0'
        """
        return f"{self.topic}/{self.number}"

    @property
    def waiting(self) -> int:
        """How many messages are not committed, at most: offsets may have gaps."""
        return self.high - self.first(None)

    def first(self, taken: int | None) -> int:
        """Say where to read on, where messages up to `taken` are in hand already.

        What the cluster has deleted cannot be read; and an offset behind the end is of a topic that there was before.

        >>> Partition("news", 0, low=5, high=17, committed=3).first(None)
        5
        >>> Partition("news", 0, low=5, high=17, committed=8).first(taken=11)
        11
        """
        wanted = max(self.committed or 0, taken or 0)
        return wanted if self.low <= wanted <= self.high else self.low


@dataclass(frozen=True, slots=True)
class End:
    """A partition has nothing more at present; `offset` is where its next message will stand, or later."""

    partition: str
    offset: int


class Topics:
    """Some topics of one cluster, and a group's memory of how far they are read.

    `options` are librdkafka's, by its names. Raises `UserError` for those that a Kafka client does not know.
    """

    def __init__(self, servers: str, group: str, topics: Sequence[str], options: Mapping[str, Any]) -> None:
        if ours := next((name for name in options if name in _OWN_OPTIONS), None):
            raise UserError(f"the Kafka option {ours} is not yours to set", "take it out: Newsdex depends on its own")
        self._topics = tuple(topics)
        self._servers = servers
        own = {"bootstrap.servers": servers, "group.id": group, **_OWN_OPTIONS}
        options = {name: value for name, value in options.items() if name not in _GIVEN_ELSEWHERE}
        try:
            self._consumer = Consumer({"client.id": "newsdex", **options, **own, "logger": log})
        except (KafkaException, TypeError, ValueError) as wrong:
            raise UserError(f"the Kafka options cannot be used: {_told(wrong)}", "see NEWSDEX_KAFKA_OPTIONS") from wrong

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the cluster."""
        self._consumer.close()

    def partitions(self) -> list[Partition]:
        """Look at all partitions without reading them.

        What does not answer is left out, and logged. Raises `UserError` when nothing does.
        """
        try:
            found = [place for topic in self._topics for place in self._places(topic)]
            committed = _patiently(lambda: self._consumer.committed(found, timeout=_ANSWER_SECONDS)) if found else []
        except KafkaException as away:
            raise self._away(away) from away
        partitions, failures = [], []
        for place in committed:
            try:
                low, high = self._bounds(place)
            except KafkaException as wrong:
                failures.append(wrong)
                log.warning("partition %s/%d cannot be read now: %s", place.topic, place.partition, _told(wrong))
                continue
            known = None if place.offset == OFFSET_INVALID else place.offset
            partitions.append(Partition(place.topic, place.partition, low, high, known))
        if failures and not partitions:
            raise self._away(failures[0])
        if not partitions:
            names = ", ".join(self._topics)
            raise UserError(f"no such topic at {self._servers}: {names}", "create it, or mend the name")
        return partitions

    def read(self, start: Mapping[str, int]) -> Iterator[Message | End]:
        """Read partitions from the given offsets on, each up to the end that it has when it is reached.

        Raises `UserError` when nothing answers at all.
        """
        places = [_place(name, offset) for name, offset in start.items()]
        open_ends = set(start)
        self._consumer.assign(places)
        heard_at, heard = time.monotonic(), False
        trouble: KafkaError | None = None
        while open_ends:
            for message in self._consumer.consume(_MESSAGES_AT_ONCE, timeout=_POLL_SECONDS):
                error = message.error()
                name = f"{message.topic()}/{message.partition()}"
                if error is not None and error.code() != KafkaError._PARTITION_EOF:
                    trouble = self._weigh(error)
                elif name in open_ends:
                    heard_at, heard = time.monotonic(), True
                    if error is None:
                        yield _message(message)
                        heard_at = time.monotonic()
                    else:
                        open_ends.discard(name)
                        self._consumer.pause([_place(name, OFFSET_INVALID)])
                        yield End(name, _offset(message))
            if time.monotonic() - heard_at > _SILENCE_SECONDS:
                if not heard:
                    raise self._away(KafkaException(trouble) if trouble else None)
                log.warning("left for another time, for they do not answer: %s", ", ".join(sorted(open_ends)))
                return

    def commit(self, positions: Mapping[str, int]) -> None:
        """Have the group remember how far it is. Raises `UserError` when the cluster does not take it.

        A partition that is no longer there is passed over.
        """
        places = [_place(name, offset) for name, offset in positions.items()]
        if not places:
            return
        try:
            answered = _patiently(lambda: self._consumer.commit(offsets=places, asynchronous=False))
            errors = [place.error for place in answered if place.error is not None]
        except KafkaException as wrong:  # none of them was taken
            errors = [wrong.args[0]]
        for error in errors:
            if error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise UserError(f"Kafka did not take the offsets: {error.str()}", _COMMIT_HINT)
            log.warning("a topic that was read is no longer there: nothing is committed for it")

    def _places(self, topic: str) -> list[TopicPartition]:
        told = self._consumer.list_topics(topic, timeout=_ANSWER_SECONDS).topics[topic]
        if told.error is not None:
            log.warning("topic %s cannot be read: %s", topic, told.error.str())
            return []
        return [TopicPartition(topic, number) for number in sorted(told.partitions)]

    def _bounds(self, place: TopicPartition) -> tuple[int, int]:
        if place.error is not None:
            raise KafkaException(place.error)
        low, high = self._consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
        return low, high

    def _weigh(self, error: KafkaError) -> KafkaError:
        """Let pass what the client mends by itself; raise what it does not."""
        if error.code() in _PASSING or error.retriable():
            return error
        raise self._away(KafkaException(error))

    def _away(self, why: KafkaException | None) -> UserError:
        told = _told(why) if why is not None else "no answer"
        return UserError(f"Kafka at {self._servers} cannot be read: {told}", "is it up, and are the options right?")


_COMMIT_HINT = "is a consumer of another program in the same group? NEWSDEX_KAFKA_GROUP gives Newsdex its own"


def _patiently(ask: Callable[[], list[TopicPartition] | None]) -> list[TopicPartition]:
    """Ask the group's broker, which may move or have yet to be found, until it answers or the time is up."""
    until = time.monotonic() + _ANSWER_SECONDS
    while True:
        try:
            return ask() or []
        except KafkaException as wrong:
            if wrong.args[0].code() not in _MOVING or time.monotonic() > until:
                raise
        time.sleep(_AGAIN_SECONDS)


def _place(name: str, offset: int) -> TopicPartition:
    topic, _, number = name.rpartition("/")
    return TopicPartition(topic, int(number), offset)


def _message(message: RawMessage) -> Message:
    topic, partition = message.topic(), message.partition()
    if topic is None or partition is None:
        raise AssertionError("a message of no topic")
    kind, milliseconds = message.timestamp()
    produced_at = None if kind == TIMESTAMP_NOT_AVAILABLE else time_of(milliseconds)
    headers: Any = message.headers() or ()
    return Message(topic, partition, _offset(message), _bytes(message.value()), produced_at, tuple(headers))


def _offset(message: RawMessage) -> int:
    offset = message.offset()
    if offset is None:
        raise AssertionError("a message without an offset")
    return offset


def _bytes(value: Any) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def _told(wrong: BaseException) -> str:
    error = wrong.args[0] if wrong.args else wrong
    return error.str() if isinstance(error, KafkaError) else str(error)
