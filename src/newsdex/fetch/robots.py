"""What a site's robots.txt asks of us (RFC 9309), had once a day and kept for all processes."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego

from newsdex.errors import Rejected
from newsdex.fetch.addresses import Target, read_address
from newsdex.fetch.exchange import Answer, Measure, Unanswered
from newsdex.fetch.ledger import Ledger, RobotsEntry
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.patience import PASSING
from newsdex.records import Reason, Stage

ACCEPT = "text/plain, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REMEMBERED = 2_000
_AGENT = re.compile(r"^([ \t]*user[ -]?agent[ \t]*:[ \t]*)([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)

Ask = Callable[[Target, Measure], Awaitable[Answer]]
"""Asks a server for a robots.txt, in its turn."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt asks of us. `delay` is the pause between requests that it wants, None when it names none."""

    parsed: Protego | None
    product: str
    delay: float | None

    def allow(self, target: Target) -> bool:
        """Tell whether an address may be fetched. A robots.txt itself always may."""
        if self.parsed is None or target.url.path == "/robots.txt":
            return True
        return bool(self.parsed.can_fetch(str(target), self.product))


class NoRobots(Exception):
    """A robots.txt cannot be had, so nothing of its site is fetched; in `seconds` it is asked for again."""

    def __init__(self, reason: Reason, detail: str, seconds: float) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.seconds = seconds


def read_rules(text: str | None, product: str) -> Rules:
    r"""Read a robots.txt, as far as it speaks to us; None stands for a site that has none.

    Groups for other robots are read as one: a file that names thousands costs no more than one that names two.

    >>> rules = read_rules("User-agent: *\nDisallow: /private/\nCrawl-delay: 5", "newsdex")
    >>> rules.delay
    5.0
    """
    if text is None:
        return Rules(None, product, None)

    def ours(line: re.Match[str]) -> str:
        agent = line[2].strip().lower()
        if agent == "*" or re.split(r"[/\s]", agent, maxsplit=1)[0] == product:
            return f"{line[1]}{product if agent != '*' else '*'}"
        return f"{line[1]}another-robot"

    parsed = Protego.parse(_AGENT.sub(ours, text.lstrip("\ufeff")))
    delay = parsed.crawl_delay(product)
    rate = parsed.request_rate(product)
    if rate is not None:
        delay = max(delay or 0.0, rate.seconds / rate.requests)
    return Rules(parsed, product, delay)


class RobotsKeeper:
    """Knows the rules of each origin that it is asked about, from memory, from the ledger, or from the site."""

    def __init__(self, ledger: Ledger, settings: FetchSettings, ask: Ask) -> None:
        self._ledger = ledger
        self._settings = settings
        self._ask = ask
        self._read: OrderedDict[str, tuple[float, Rules]] = OrderedDict()

    async def rules_for(self, target: Target) -> Rules:
        """Give the rules for an address.

        Raises `NoRobots`, `Rejected` for a host that may not be asked at all, and what `ask` raises out of turn.
        """
        origin = target.origin
        expires_at, rules = self._read.get(origin, (0.0, None))
        if rules is not None and expires_at > time.time():
            return rules
        entry = self._ledger.robots(origin)
        if entry is None or entry.expires_at <= time.time():
            entry = await self._renew(target, entry)
        if entry.reason is not None:
            wait = max(entry.expires_at - time.time(), 1.0)
            raise NoRobots(Reason(entry.reason), entry.problem or "", wait)
        rules = read_rules(entry.rules, self._settings.product)
        self._read[origin] = (entry.expires_at, rules)
        if len(self._read) > _REMEMBERED:
            self._read.popitem(last=False)
        return rules

    async def _renew(self, target: Target, old: RobotsEntry | None) -> RobotsEntry:
        asked = read_address(f"{target.origin}/robots.txt", self._settings.policy)
        passed = [asked]
        try:
            text = await self._follow(passed)
        except Rejected as out:
            if out.reason is Reason.ADDRESS_REFUSED and passed == [asked]:
                raise
            entry = self._failing(out, old)
            self._ledger.keep_robots(target.origin, entry)
            return entry
        now = time.time()
        entry = RobotsEntry(now + self._settings.robots_kept, had_at=now, rules=text)
        for hop in passed:
            # A site that leads from http to https has answered for both.
            if hop.url.path == "/robots.txt" and hop.domain == asked.domain:
                self._ledger.keep_robots(hop.origin, entry)
        return entry

    async def _follow(self, passed: list[Target]) -> str | None:
        """Give the text of a robots.txt, None when there is none; the addresses on the way are put into `passed`."""
        measure = Measure(self._settings.robots_bytes, cut=True)
        while True:
            answer = await self._ask(passed[-1], measure)
            if answer.status in _REDIRECTS and (place := answer.header("location")):
                if len(passed) > self._settings.robots_redirects:
                    return None
                passed.append(self._lead_on(passed[-1], place))
            elif answer.status == 200:
                return answer.content.decode("utf-8", "replace")
            elif answer.status in PASSING or answer.status >= 500:
                what = f"robots.txt: the server answered {answer.status} {answer.phrase}"
                raise Rejected(Stage.READ, Reason.ROBOTS_DISALLOWED, what)
            else:
                return None

    def _lead_on(self, here: Target, place: str) -> Target:
        try:
            return read_address(place, self._settings.policy, here.url)
        except Rejected as out:
            detail = f"robots.txt leads to an address that is not asked: {out.detail}"
            raise Rejected(Stage.READ, Reason.ROBOTS_DISALLOWED, detail) from out

    def _failing(self, out: Rejected, old: RobotsEntry | None) -> RobotsEntry:
        """Decide what holds while a robots.txt cannot be had (RFC 9309, 2.3.1.4 and 2.4).

        The last one that could be had; without one, nothing may be fetched for now, and after a month of that all may.
        """
        now = time.time()
        since = old.failing_since if old and old.failing_since else now
        again = now + self._settings.robots_retried
        had_at = old.had_at if old else None
        if now - (had_at or since) > self._settings.robots_given_up:
            return RobotsEntry(again, failing_since=since)
        if had_at is not None and old is not None:
            return RobotsEntry(again, had_at, since, old.rules)
        detail = out.detail if out.detail.startswith("robots.txt") else f"robots.txt: {out.detail}"
        reason = out.reason if isinstance(out, Unanswered) else Reason.ROBOTS_DISALLOWED
        return RobotsEntry(again, None, since, None, str(reason), detail)
