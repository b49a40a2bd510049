"""One request on its way: asked, led on, tried again, and in the end a document or a reason why not."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from newsdex.errors import Rejected
from newsdex.fetch.addresses import Target, read_address
from newsdex.fetch.exchange import Answer, Measure, Unanswered
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.patience import PASSING, SLOW_DOWN, back_off
from newsdex.fetch.request import Fetched, Purpose, Request
from newsdex.fetch.robots import NoRobots
from newsdex.fetch.turns import NotNow, Seat
from newsdex.fetch.visits import Visits
from newsdex.read.compression import is_gzip
from newsdex.read.document import OpenedDocument, open_bytes
from newsdex.read.media_type import sniff
from newsdex.records import RawDocument, Reason, Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_WORTHLESS = frozenset({Reason.BINARY, Reason.UNSUPPORTED_TYPE})
_ACCEPT = {
    Purpose.ARTICLE: "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1",
    Purpose.LISTING: "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.8, application/json;q=0.8, text/plain;q=0.7, */*;q=0.1",
}


@dataclass(slots=True)
class Errand:
    """A request on its way. `target` is where it has got to, `failure` what it has to show if it may not go on."""

    request: Request
    target: Target
    number: int
    due: float = 0.0
    attempts: int = 0
    passed: list[str] = field(default_factory=list)
    moved_to: str | None = None
    notes: list[str] = field(default_factory=list)
    failure: Fetched | None = None

    def note(self, sentence: str | None) -> None:
        """Keep a sentence for whoever reads the outcome, once."""
        if sentence and sentence not in self.notes:
            self.notes.append(sentence)


@dataclass(frozen=True, slots=True)
class Done:
    """An errand has ended. The seat is freed once somebody has taken the outcome."""

    fetched: Fetched
    seat: Seat | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """An errand is to be tried again after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Onward:
    """An errand was led on; its `target` is the next address, maybe in another domain."""


Step = Done | Again | Onward


class Errands:
    """Takes errands one step on: one question to one server, and what follows from its answer."""

    def __init__(self, visits: Visits, settings: FetchSettings) -> None:
        self._visits = visits
        self._settings = settings

    def begin(self, request: Request, number: int) -> Errand | Fetched:
        """Set out. Addresses that are never asked end here."""
        try:
            target = read_address(request.url, self._settings.policy)
        except Rejected as out:
            return Fetched(request, _refused(request, out.reason, out.detail))
        return Errand(request, target, number)

    async def step(self, errand: Errand) -> Step:
        """Ask for the errand's target. A defect of ours costs this errand only (`internal_error`)."""
        try:
            return await self._step(errand)
        except NotNow as wait:
            return Done(
                errand.failure
                or Fetched(
                    errand.request, retry_after=wait.seconds, attempts=errand.attempts, notes=tuple(errand.notes)
                )
            )
        except NoRobots as out:
            return self._end(errand, out.reason, out.detail, retry_after=out.seconds)
        except Unanswered as out:
            errand.attempts += 1
            return self._try_again(errand, out)
        except Rejected as out:
            errand.attempts += out.reason is not Reason.ADDRESS_REFUSED
            return self._end(errand, out.reason, out.detail)
        except Exception:  # noqa: BLE001 - whatever it is, the other requests go on
            return self._end(errand, Reason.INTERNAL_ERROR, traceback.format_exc())

    async def _step(self, errand: Errand) -> Step:
        request, target = errand.request, errand.target
        rules = await self._visits.rules_for(target)
        if not rules.allow(target):
            return self._end(
                errand, Reason.ROBOTS_DISALLOWED, f"{target.origin}/robots.txt disallows {target.url.raw_path_qs}"
            )
        delay, note = self._visits.delay_of(rules)
        errand.note(note)
        answer, seat = await self._visits.ask(
            target, _ACCEPT[request.purpose], self._measure(request), delay, _conditions(request)
        )
        kept = False
        try:
            step = self._judge(errand, answer, seat)
            kept = isinstance(step, Done) and step.seat is not None
        finally:
            if not kept:
                self._visits.leave(seat)
        return step

    def _measure(self, request: Request) -> Measure:
        if request.purpose is Purpose.LISTING:
            return Measure(self._settings.listing_bytes)
        return Measure(self._settings.document_bytes, enough=_is_worthless)

    def _judge(self, errand: Errand, answer: Answer, seat: Seat) -> Step:
        place = answer.header("location") if answer.status in _REDIRECTS else None
        if place is not None:
            return self._lead_on(errand, place, for_good=answer.status in _FOR_GOOD)
        errand.attempts += 1
        response = Response(answer.url, answer.status, answer.headers)
        if answer.status == 304 and _conditions(errand.request):
            return Done(self._outcome(errand, None, response=response, not_modified=True), seat)
        if answer.status == 200:
            opened = _open(errand.request, answer, response, self._measure(errand.request).most)
            return Done(self._outcome(errand, opened, response=response), seat)
        detail = f"the server answered {answer.status} {answer.phrase}".rstrip()
        opened = _open(errand.request, answer, response, self._settings.error_bytes)
        opened = replace(opened, reason=Reason.HTTP_ERROR, detail=detail)
        if answer.status not in PASSING:
            return Done(self._outcome(errand, opened, response=response), seat)
        wait = self._visits.retry_after(answer)
        later = self._settings.retry_later if wait is None else wait
        errand.failure = self._outcome(errand, opened, response=response, retry_after=later)
        pause = self._pause(errand)
        if answer.status in SLOW_DOWN and wait is not None:
            pause = max(pause, wait)
        if errand.attempts >= self._settings.attempts or pause > self._settings.patience:
            return Done(errand.failure, seat)
        return Again(pause)

    def _lead_on(self, errand: Errand, place: str, *, for_good: bool) -> Step:
        here = errand.target
        always_for_good = errand.moved_to == str(here) or not errand.passed
        errand.passed.append(str(here))
        try:
            target = read_address(place, self._settings.policy, here.url)
        except Rejected as out:
            return self._end(errand, out.reason, f"{here} leads to an address that is not asked: {out.detail}")
        if str(target) in errand.passed:
            return self._end(errand, Reason.TOO_MANY_REDIRECTS, f"in a circle: {here} leads back to {target}")
        if len(errand.passed) > self._settings.redirects:
            detail = f"more than {self._settings.redirects} redirects, the last one to {target}"
            return self._end(errand, Reason.TOO_MANY_REDIRECTS, detail)
        if here.url.scheme == "https" and target.url.scheme == "http":
            errand.note(f"led from https to http: {target}")
        if for_good and always_for_good:
            errand.moved_to = str(target)
        errand.target = target
        return Onward()

    def _try_again(self, errand: Errand, out: Unanswered) -> Step:
        times = f" (asked {errand.attempts} times)" if errand.attempts > 1 else ""
        retry_after = self._settings.retry_later if out.passing else None
        ended = self._end(errand, out.reason, out.detail + times, retry_after=retry_after)
        if not out.passing or errand.attempts >= self._settings.attempts:
            return ended
        errand.failure = ended.fetched
        return Again(self._pause(errand))

    def _pause(self, errand: Errand) -> float:
        return back_off(errand.attempts, self._settings.backoff, self._settings.backoff_longest)

    def _end(self, errand: Errand, reason: Reason, detail: str, *, retry_after: float | None = None) -> Done:
        opened = _refused(errand.request, reason, detail)
        return Done(self._outcome(errand, opened, retry_after=retry_after))

    def _outcome(
        self,
        errand: Errand,
        opened: OpenedDocument | None,
        *,
        response: Response | None = None,
        retry_after: float | None = None,
        not_modified: bool = False,
    ) -> Fetched:
        return Fetched(
            errand.request,
            opened,
            not_modified,
            response,
            retry_after,
            errand.attempts,
            tuple(errand.notes),
            errand.moved_to,
        )


def _conditions(request: Request) -> dict[str, str]:
    """Ask only for what has changed (RFC 9110, 13)."""
    sent = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in sent.items() if value and value.isprintable()}


def _is_worthless(start: bytes) -> bool:
    return not is_gzip(start) and sniff(start).reason in _WORTHLESS


def _open(request: Request, answer: Answer, response: Response, limit: int) -> OpenedDocument:
    opened = open_bytes(
        answer.content, uri=request.url, publisher=request.publisher, fetched_at=datetime.now(UTC), limit=limit
    )
    origin = replace(opened.raw.origin, door=request.door, source=request.source)
    opened = replace(opened, raw=replace(opened.raw, origin=origin, given=request.given, response=response))
    if request.purpose is Purpose.LISTING and opened.reason is Reason.UNSUPPORTED_TYPE:
        return replace(opened, reason=None, detail="")
    if answer.cut and opened.reason is not None:
        return replace(opened, detail=f"{opened.detail}; the rest of it was not fetched")
    return opened


def _refused(request: Request, reason: Reason, detail: str) -> OpenedDocument:
    """Give a document of no bytes: the record of an address that gave none."""
    opened = open_bytes(b"", uri=request.url, publisher=request.publisher, fetched_at=datetime.now(UTC), limit=0)
    origin = replace(opened.raw.origin, door=request.door, source=request.source)
    return OpenedDocument(RawDocument(origin, b"", request.given), reason, detail, elsewhere=True)
