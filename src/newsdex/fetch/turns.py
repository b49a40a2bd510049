"""Whose turn it is: a domain is asked by one request at a time, after its rest, whichever process asks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from newsdex.fetch.ledger import Ledger, Turn, Wait
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.patience import Stop

_jitter = random.SystemRandom()


class NotNow(Exception):
    """A request's turn does not come soon enough. `seconds` is how far off it is, as far as one can tell."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not for another {seconds:.0f} seconds")
        self.seconds = seconds


@dataclass(slots=True)
class Seat:
    """A place among this process's connections. `kept` when it goes on to whoever takes the answer."""

    kept: bool = False


class Turns:
    """Gives out turns, and the seats of this process with them.

    A seat is held only while a server is asked and while its answer waits to be taken: never while waiting for a turn,
    so that the requests of one slow domain take no seat from the others.
    """

    def __init__(self, ledger: Ledger, settings: FetchSettings, stop: Stop) -> None:
        self.ledger = ledger
        self._settings = settings
        self._stop = stop
        self._seats = asyncio.Semaphore(settings.connections)

    def free_seat(self) -> None:
        """Give back a seat that was kept."""
        self._seats.release()

    @asynccontextmanager
    async def take(self, domain: str, delay: float) -> AsyncIterator[Seat]:
        """Wait for the turn to ask a domain, and end it when the block ends. Raises `NotNow`."""
        turn = await self._wait(domain, delay)
        seat = Seat()
        renewing = asyncio.get_running_loop().create_task(self._renew(turn))
        try:
            yield seat
        finally:
            renewing.cancel()
            self.ledger.give_back(turn)
            if not seat.kept:
                self._seats.release()

    async def _wait(self, domain: str, delay: float) -> Turn:
        waited = 0.0
        while True:
            await self._seats.acquire()
            reserved: Turn | Wait | None = None
            try:
                reserved = None if self._stop.reached else self._reserve(domain, delay)
            finally:
                if not isinstance(reserved, Turn):
                    self._seats.release()
            if isinstance(reserved, Turn):
                return reserved
            pause = 0.0 if reserved is None else reserved.seconds
            if reserved is None or waited + pause > self._settings.patience or pause > self._stop.left:
                raise NotNow(pause)
            if reserved.busy:
                pause *= _jitter.uniform(0.5, 1.5)
            if await self._stop.wait(pause):
                raise NotNow(0.0)
            waited += pause

    def _reserve(self, domain: str, delay: float) -> Turn | Wait:
        settings = self._settings
        return self.ledger.take_turn(
            domain,
            delay=delay,
            connections=settings.connections_per_domain,
            lease=settings.lease,
        )

    async def _renew(self, turn: Turn) -> None:
        while True:
            await asyncio.sleep(self._settings.lease / 3)
            self.ledger.renew(turn, self._settings.lease)
