"""Sending operations to Elasticsearch in bulk, until it has answered each one."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from elastic_transport import ApiResponse
from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch
from elasticsearch import ConnectionError as NoConnection

from newsdex.errors import UserError

_BUSY = frozenset({429, 502, 503, 504})
"""The server is there and cannot now: the same request may succeed later."""

_WRITE_BLOCK = "[FORBIDDEN/8/"
"""How Elasticsearch names the block that a rebuild puts on an index for the moment in which it moves the aliases."""

WHOLE: dict[str, Any] = {"allow_partial_search_results": False}
"""Asked of a search that must see all shards: without one of them it fails, and is made again."""

_FILTER = ("errors", "items.*.status", "items.*._id", "items.*.error")

_BLOCKED_PAUSE = 0.5

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of a bulk request: `create` refuses a known id, `index` writes over it, `delete` needs no `source`.

    With `seq_no` and `primary_term` it is refused when the document has changed since they were read. `index` is an
    alias; a missing one is refused, never made.
    """

    action: str
    index: str
    id: str
    source: bytes = b""
    seq_no: int | None = None
    primary_term: int | None = None

    @property
    def lines(self) -> tuple[bytes, ...]:
        """The lines of the request's body: two, or one for a `delete`."""
        head: dict[str, Any] = {"_index": self.index, "_id": self.id}
        if self.seq_no is not None:
            head |= {"if_seq_no": self.seq_no, "if_primary_term": self.primary_term}
        line = json.dumps({self.action: head}).encode()
        return (line,) if self.action == "delete" else (line, self.source)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Elasticsearch said to one operation: an HTTP status, and its reason where it refused."""

    status: int
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the document is now in the index."""
        return self.status < 300

    @property
    def blocked(self) -> bool:
        """Whether the index takes no writes for the moment, because a rebuild is about to replace it."""
        return self.status == 403 and _WRITE_BLOCK in self.reason


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a busy or silent server is waited for: growing, jittered pauses, in seconds, `attempts` in a row.

    A server that takes some items of each request is making progress, and the count begins again. An index that is
    blocked for writing is waited for by the clock, `blocked_seconds` at most, looking twice a second.
    """

    attempts: int = 9
    first: float = 0.25
    longest: float = 20.0
    blocked_seconds: float = 900.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def pause(self, attempt: int, why: str) -> None:
        """Wait before the next attempt (the first is 1). Raises `UserError` when there have been enough."""
        if attempt >= self.attempts:
            raise UserError(f"Elasticsearch takes no documents: {why}", _advice(why))
        self.sleep(min(self.longest, self.first * 2 ** (attempt - 1)) * (0.5 + self.jitter()))

    def pause_blocked(self, waited: float, why: str) -> float:
        """Wait before a blocked index is tried again; give the seconds waited in all. Raises `UserError` at the end."""
        if waited >= self.blocked_seconds:
            raise UserError(f"Elasticsearch takes no documents: {why}", _advice(why))
        self.sleep(_BLOCKED_PAUSE)
        return waited + _BLOCKED_PAUSE

    def call(self, request: Callable[[], _Result]) -> _Result:
        """Make a request, again when the server is busy or silent."""
        attempt = 0
        while True:
            try:
                return request()
            except ApiError as refused:
                if refused.meta.status not in _BUSY:
                    raise _unusable(refused) from refused
                why = f"{refused.meta.status}: {refused}"
            except (NoConnection, ConnectionTimeout) as silent:
                why = str(silent)
            attempt += 1
            self.pause(attempt, why)


def not_at_hand(answer: ApiResponse[Any], said: str, status: int = 503) -> ApiError:
    """Make an error of an answer in which shards say nothing; `Patience.call` asks again where `status` is 503.

    In the first second after its start a server answers, and has not yet found its shards.
    """
    return ApiError(said, meta=replace(answer.meta, status=status), body=answer.body)


def send(
    client: Elasticsearch,
    operations: Sequence[Operation],
    patience: Patience,
    while_blocked: Callable[[], None] = lambda: None,
) -> list[Answer]:
    """Send operations and give one answer each, in their order.

    Items answered 429 or 503 are sent again, alone; so are those of an index that is blocked for writing, each time
    after a call of `while_blocked`, which may raise to give up. A request that is too large (413) or that is refused as
    a whole is halved until the one item at fault stands alone. Raises `UserError` when the server stays busy, blocked
    or silent, or refuses us rather than a document.
    """
    answers: dict[int, Answer] = {}
    waiting = list(range(len(operations)))
    attempt = 0
    blocked_for = 0.0
    while waiting:
        why = ""
        try:
            items = _request(client, [operations[position] for position in waiting])
        except ApiError as refused:
            status = refused.meta.status
            if status in (400, 413):
                refusal = Answer(status, _say(refused))
                return _send_halves(client, operations, waiting, answers, patience, while_blocked, refusal)
            if status not in _BUSY:
                raise _unusable(refused) from refused
            why = f"{status}: {_say(refused)}"
            items = []
        except (NoConnection, ConnectionTimeout) as silent:
            why = str(silent)
            items = []
        taken = {position: answer for position, answer in zip(waiting, items, strict=bool(items)) if not _busy(answer)}
        why = next((answer.reason for answer in items if _busy(answer)), why)
        answers |= taken
        waiting = [position for position in waiting if position not in taken]
        if any(answer.blocked for answer in items):
            blocked_for = patience.pause_blocked(blocked_for, why)
            while_blocked()
        elif waiting:
            attempt = 1 if taken else attempt + 1
            patience.pause(attempt, why)
    return [answers[position] for position in range(len(operations))]


def _send_halves(
    client: Elasticsearch,
    operations: Sequence[Operation],
    waiting: list[int],
    answers: dict[int, Answer],
    patience: Patience,
    while_blocked: Callable[[], None],
    refusal: Answer,
) -> list[Answer]:
    if len(waiting) == 1:
        answers[waiting[0]] = refusal
    else:
        middle = len(waiting) // 2
        for half in (waiting[:middle], waiting[middle:]):
            part = send(client, [operations[position] for position in half], patience, while_blocked)
            answers |= dict(zip(half, part, strict=True))
    return [answers[position] for position in range(len(operations))]


def _request(client: Elasticsearch, operations: Sequence[Operation]) -> list[Answer]:
    lines = [line for operation in operations for line in operation.lines]
    # The client's own retries would repeat a whole request; ours know which items are still open.
    patient = client.options(max_retries=0, request_timeout=120)
    response = patient.bulk(
        operations=cast("list[dict[str, Any]]", lines), filter_path=list(_FILTER), require_alias=True
    )
    items = [next(iter(item.values())) for item in response["items"]]
    if [item.get("_id") for item in items] != [operation.id for operation in operations]:
        raise UserError(
            f"Elasticsearch answered {len(items)} of {len(operations)} bulk items, or others than were sent",
            "what stands between Newsdex and Elasticsearch (a proxy?) changes its answers",
        )
    answers = [Answer(int(item["status"]), _reason(item.get("error"))) for item in items]
    for answer in answers:
        if answer.status in (401, 403, 404) and answer.reason and not answer.blocked:
            raise UserError(f"Elasticsearch takes no documents: {answer.reason}", _advice(answer.reason))
    return answers


def _busy(answer: Answer) -> bool:
    return answer.status in _BUSY or answer.blocked


def _reason(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error or "")
    said = f"{error.get('type', 'error')}: {error.get('reason', '')}"
    cause = error.get("caused_by")
    return f"{said}; {_reason(cause)}" if cause else said


def _say(refused: ApiError) -> str:
    body = refused.body
    return _reason(body.get("error")) if isinstance(body, dict) and body.get("error") else str(refused)


def _unusable(refused: ApiError) -> UserError:
    why = f"{refused.meta.status}: {_say(refused)}"
    return UserError(f"Elasticsearch refuses the request: {why}", _advice(why))


def _advice(why: str) -> str:
    if _WRITE_BLOCK in why:
        return "a rebuild of the index is moving the aliases: newsdex rebuild ends it or takes it back"
    if "disk usage" in why or "flood" in why or "read-only" in why:
        return "its disk is full: free some space and run again, nothing is lost"
    if "index_not_found" in why or "require_alias" in why:
        return "the indices are missing: newsdex up makes them"
    if "security" in why or "401" in why or "403" in why:
        return "the credentials may not write: check ELASTICSEARCH_API_KEY or ELASTICSEARCH_USER"
    return "newsdex status says what runs; run again, nothing is lost and nothing is written twice"
