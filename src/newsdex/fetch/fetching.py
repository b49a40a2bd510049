"""Many requests at once: a lane for each domain, so that a slow one holds nobody up but itself."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from newsdex.fetch.errands import Again, Done, Errand, Errands
from newsdex.fetch.exchange import Exchange
from newsdex.fetch.ledger import Ledger
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.patience import Stop
from newsdex.fetch.request import Fetched, Request
from newsdex.fetch.turns import Turns
from newsdex.fetch.visits import Visits

LEDGER = "fetch.sqlite"
"""The file in `home` by which all fetching processes keep the limits together."""

_END = None


async def fetch_all(
    requests: AsyncIterable[Request] | Iterable[Request],
    settings: FetchSettings,
    *,
    seconds: float | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncIterator[Fetched]:
    """Fetch from the web, politely; outcomes come as they are there, one for each request that was taken.

    After `seconds`, or when `stop` is set, no request is taken or begun any more: those under way end, those waiting
    come out as `postponed`, those never taken are the caller's still. Whoever leaves the loop early closes it
    (`contextlib.aclosing`). An iterable that is not asynchronous must not block. Raises `UserError` when the ledger
    cannot be used, and whatever `requests` raises.
    """
    ending = Stop(stop, seconds, asyncio.get_running_loop().time)
    with Ledger(settings.home / LEDGER, longest_hold=settings.retry_after_longest) as ledger:
        async with Exchange(settings) as exchange:
            visits = Visits(exchange, Turns(ledger, settings, ending), settings, ending)
            lanes = _Lanes(Errands(visits, settings), settings, ending)
            try:
                async for done in lanes.work(requests):
                    if done.seat is not None:
                        visits.leave(done.seat)
                    yield done.fetched
            finally:
                await lanes.close()


@dataclass(slots=True)
class _Lane:
    """The errands that wait for one domain, by when they are due, and how many workers see to them."""

    waiting: list[tuple[float, int, Errand]] = field(default_factory=list)
    workers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class _Lanes:
    def __init__(self, errands: Errands, settings: FetchSettings, stop: Stop) -> None:
        self._errands = errands
        self._settings = settings
        self._stop = stop
        self._clock = asyncio.get_running_loop().time
        self._lanes: dict[str, _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Done | BaseException | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(settings.held)
        self._under_way = 0
        self._all_taken = False

    async def work(self, requests: AsyncIterable[Request] | Iterable[Request]) -> AsyncIterator[Done]:
        intake = self._start(self._take_in(requests))
        intake.add_done_callback(self._close_intake)
        self._start(self._watch(intake))
        while (outcome := await self._outcomes.get()) is not _END:
            if isinstance(outcome, BaseException):
                raise outcome
            self._room.release()
            yield outcome

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            self._outcomes.put_nowait(wrong)

    async def _take_in(self, requests: AsyncIterable[Request] | Iterable[Request]) -> None:
        """Take requests while there is room. Room is made before one is taken, so that none is lost by stopping."""
        source = requests if isinstance(requests, AsyncIterable) else _each(requests)
        coming = aiter(source)
        number = 0
        while not self._stop.reached:
            await self._room.acquire()
            try:
                request = await anext(coming)
            except StopAsyncIteration:
                return
            number += 1
            self._under_way += 1
            begun = self._errands.begin(request, number)
            if isinstance(begun, Errand):
                self._enter(begun)
            else:
                self._deliver(Done(begun))

    def _close_intake(self, _: asyncio.Task[None]) -> None:
        self._all_taken = True
        if self._under_way == 0:
            self._outcomes.put_nowait(_END)

    async def _watch(self, intake: asyncio.Task[None]) -> None:
        """Pass the stop on to all who wait."""
        await self._stop.wait()
        intake.cancel()
        for lane in self._lanes.values():
            lane.changed.set()

    def _deliver(self, done: Done) -> None:
        self._outcomes.put_nowait(done)
        self._under_way -= 1
        if self._all_taken and self._under_way == 0:
            self._outcomes.put_nowait(_END)

    def _enter(self, errand: Errand) -> None:
        lane = self._lanes.setdefault(errand.target.domain, _Lane())
        heapq.heappush(lane.waiting, (errand.due, errand.number, errand))
        lane.changed.set()
        if lane.workers < self._settings.connections_per_domain:
            lane.workers += 1
            self._start(self._see_to(errand.target.domain, lane))

    async def _see_to(self, domain: str, lane: _Lane) -> None:
        while lane.waiting:
            due = lane.waiting[0][0]
            if due > self._clock() and not self._stop.reached:
                lane.changed.clear()
                await _first(lane.changed, due - self._clock())
                continue
            errand = heapq.heappop(lane.waiting)[2]
            step = await self._errands.step(errand)
            if isinstance(step, Done):
                self._deliver(step)
                continue
            errand.due = self._clock() + step.seconds if isinstance(step, Again) else 0.0
            self._enter(errand)
        lane.workers -= 1
        if lane.workers == 0:
            del self._lanes[domain]


async def _first(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


async def _each(requests: Iterable[Request]) -> AsyncIterator[Request]:
    for request in requests:
        yield request
        await asyncio.sleep(0)
