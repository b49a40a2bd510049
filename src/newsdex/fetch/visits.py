"""Asking in turn: robots.txt first, then the address, and what an answer says about its domain noted for all."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from newsdex.errors import Rejected
from newsdex.fetch import robots
from newsdex.fetch.addresses import Target
from newsdex.fetch.exchange import Answer, Exchange, Measure, Unanswered
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.patience import PASSING, SLOW_DOWN, Stop, back_off, read_retry_after
from newsdex.fetch.robots import RobotsKeeper, Rules
from newsdex.fetch.turns import NotNow, Seat, Turns
from newsdex.records import Reason, Stage

log = logging.getLogger(__name__)


class Visits:
    """Asks servers for addresses, with the manners of a guest.

    Every question goes through here, those for robots.txt too: it waits for its domain's turn, and afterwards the
    domain is praised, slowed down or held off.
    """

    def __init__(self, exchange: Exchange, turns: Turns, settings: FetchSettings, stop: Stop) -> None:
        self._exchange = exchange
        self._turns = turns
        self._settings = settings
        self._stop = stop
        self._robots = RobotsKeeper(turns.ledger, settings, self._ask_for_robots)

    async def rules_for(self, target: Target) -> Rules:
        """Give what the site asks of us. Raises `NoRobots`, `NotNow`."""
        return await self._robots.rules_for(target)

    def delay_of(self, rules: Rules) -> tuple[float, str | None]:
        """Give the pause between requests, and a sentence when the site asks for a longer one than we keep."""
        asked = rules.delay or 0.0
        longest = max(self._settings.crawl_delay_longest, self._settings.delay)
        kept = max(self._settings.delay, min(asked, longest))
        return kept, f"a crawl-delay of {asked:g} seconds is capped at {kept:g}" if asked > longest else None

    async def ask(
        self, target: Target, accept: str, measure: Measure, delay: float, conditions: Mapping[str, str]
    ) -> tuple[Answer, Seat]:
        """Ask for one address in its turn. The seat of the answer is kept: the caller frees it, by `leave`.

        Raises `NotNow`, `Unanswered`, or `Rejected`.
        """
        async with self._turns.take(target.domain, delay) as seat:
            try:
                answer = await self._exchange.ask(target, accept, measure, conditions)
            except Unanswered as out:
                if not out.unknown_name:
                    self._turns.ledger.note_failure(target.domain)
                raise
            self._note(target, answer, delay)
            seat.kept = True
            return answer, seat

    def leave(self, seat: Seat) -> None:
        """Free the seat of an answer."""
        if seat.kept:
            seat.kept = False
            self._turns.free_seat()

    def retry_after(self, answer: Answer) -> float | None:
        """Give the seconds after which a server wants to be asked again, capped; None when it does not say."""
        return read_retry_after(
            answer.header("retry-after"), datetime.now(UTC), longest=self._settings.retry_after_longest
        )

    def _note(self, target: Target, answer: Answer, delay: float) -> None:
        if answer.status in SLOW_DOWN:
            hold = self.retry_after(answer)
            first = back_off(1, self._settings.backoff, self._settings.backoff_longest)
            log.info("%s answered %d: it is asked less often", target.domain, answer.status)
            self._turns.ledger.slow_down(
                target.domain,
                least=delay,
                longest=self._settings.slowed_longest,
                hold=first if hold is None else hold,
            )
        elif answer.status not in PASSING:
            self._turns.ledger.praise(target.domain)

    async def _ask_for_robots(self, target: Target, measure: Measure) -> Answer:
        """Ask for a robots.txt, several times if need be: without it nothing of its site can be had."""
        for attempt in range(1, self._settings.attempts + 1):
            last = attempt == self._settings.attempts
            try:
                answer, seat = await self.ask(target, robots.ACCEPT, measure, self._settings.delay, {})
            except Unanswered as out:
                if last or not out.passing:
                    raise
            except NotNow:
                if attempt == 1:
                    raise
                break
            else:
                self.leave(seat)
                if last or (answer.status not in PASSING and answer.status < 500):
                    return answer
            if await self._stop.wait(back_off(attempt, self._settings.backoff, self._settings.backoff_longest)):
                raise NotNow(0.0)
        raise Rejected(Stage.READ, Reason.ROBOTS_DISALLOWED, "robots.txt: its server asks us to come back later")
