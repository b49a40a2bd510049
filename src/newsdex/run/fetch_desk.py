"""Where answers of the web come in: put into the archive, then noted in the journal, then in the frontier."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from newsdex.fetch import Fetched
from newsdex.index.addresses import Address, AddressState, Settled
from newsdex.records import Rejection
from newsdex.run.clock import now
from newsdex.run.fetch_journal import FetchJournal, Line

if TYPE_CHECKING:
    from newsdex.archive import ArchiveWriter
    from newsdex.index.frontier import Frontier

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""How often an address is asked, each time with the attempts that a fetch makes, before its failure is final."""

_FIRST_PAUSE = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(days=1)
_SECURED_TOGETHER = 50
_SECURED_BYTES = 16_000_000
_SECURED_EVERY = 2.0
"""Seconds after which what was taken is secured with the next answer: what a killed run has to ask for again."""


@dataclass(slots=True)
class Desk:
    """Where answers come in: put into the archive, then noted in the journal, then in the frontier."""

    journal: FetchJournal
    frontier: Frontier
    archive: ArchiveWriter
    open: dict[str, Address]
    """The claimed addresses of which nothing is known yet."""
    counts: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    _lines: list[Line] = field(default_factory=list)
    _put_back: dict[str, Settled] = field(default_factory=dict)
    _bytes: int = 0
    _secured_at: float = field(default_factory=time.monotonic)

    def take_carried(self, address: Address) -> None:
        """Take an address whose text the feed carries, and has in the archive."""
        del self.open[address.url]
        settled = Settled(AddressState.DONE, address.entries, fetched_at=now(), raw_ref=address.carried)
        self._note(Line(address.id, settled, address.carried), "carried by their feeds")

    def take(self, fetched: Fetched) -> None:
        """Take an answer."""
        address = self.open.pop(fetched.request.url)
        for sentence in fetched.notes:
            log.info("%s: %s", address.url, sentence)
        if fetched.postponed:
            self._keep_for_later(address, fetched.retry_after or 0.0, address.attempts, "not asked yet")
        elif fetched.not_modified and address.raw_ref is not None:
            # The copy that we have goes through the line again: its outcome is what the index says of it.
            settled = Settled(
                AddressState.DONE,
                address.entries,
                fetched_at=address.last_fetched_at,
                raw_ref=address.raw_ref,
                etag=fetched.etag or address.etag,
                last_modified=fetched.last_modified or address.last_modified,
            )
            self._note(Line(address.id, settled, address.raw_ref), "not modified")
        elif (rejection := fetched.rejection) is None:
            self._take_document(address, fetched)
        elif fetched.retry_after is not None and address.attempts + 1 < MOST_ATTEMPTS:
            log.info("%s is put back for later: %s", address.url, rejection.detail)
            self._keep_for_later(address, fetched.retry_after, address.attempts + 1, rejection.reason, rejection)
        else:
            self._take_refusal(address, fetched, rejection)
        late = time.monotonic() - self._secured_at >= _SECURED_EVERY
        if late or len(self._lines) + len(self._put_back) >= _SECURED_TOGETHER or self._bytes >= _SECURED_BYTES:
            self.secure()

    def secure(self) -> None:
        """Have everything taken so far in the archive, in the journal and in the frontier, in this order."""
        if not self._lines and not self._put_back:
            return
        self.archive.flush()
        self.journal.append(self._lines)
        settled = {line.id: line.settled for line in self._lines} | self._put_back
        self.frontier.settle(settled, self.journal.run, now())
        self._lines, self._put_back, self._bytes = [], {}, 0
        self._secured_at = time.monotonic()

    def put_back_rest(self) -> None:
        """Put back what was not even asked for."""
        for address in list(self.open.values()):
            del self.open[address.url]
            self._keep_for_later(address, 0.0, address.attempts, "not asked yet")
        self.secure()

    def summary(self, claimed: int) -> str:
        """Say what came of the claimed addresses."""
        told = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()) if count) or "none"
        later = ", ".join(f"{count} {why}" for why, count in sorted(self.later.items()))
        back = f"; put back for later, no inputs of this run: {later}" if later else ""
        return f"addresses claimed: {claimed}; inputs: {told}{back}"

    def _take_document(self, address: Address, fetched: Fetched) -> None:
        if fetched.opened is None:
            raise AssertionError(f"{address.url}: neither a document nor a refusal")
        raw = fetched.opened.raw
        settled = Settled(
            AddressState.DONE,
            address.entries,
            fetched_at=raw.origin.fetched_at,
            raw_ref=(ref := self.archive.add(raw)),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        self._note(Line(address.id, settled, ref, size=len(raw.content)), "fetched")

    def _take_refusal(self, address: Address, fetched: Fetched, rejection: Rejection) -> None:
        opened = fetched.opened
        if opened is not None and opened.to_archive and opened.raw.content:
            opened = opened.archived(self.archive.add(opened.raw))
            rejection = opened.rejection or rejection
        settled = Settled(
            AddressState.FAILED,
            address.entries,
            attempts=address.attempts + 1,
            reason=rejection.reason,
            detail=rejection.detail[:1000],
        )
        self._note(Line(address.id, settled, refusal=rejection), "refused")

    def _keep_for_later(
        self, address: Address, seconds: float, attempts: int, why: str, rejection: Rejection | None = None
    ) -> None:
        pause = timedelta(seconds=seconds)
        if rejection is not None:
            pause = max(pause, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempts - 1)))
        self.later[why] += 1
        self._put_back[address.id] = Settled(
            AddressState.WAITING,
            address.entries,
            attempts=attempts,
            due_at=now() + pause if pause else address.due_at,
            reason=rejection.reason if rejection else None,
            detail=rejection.detail[:1000] if rejection else None,
        )

    def _note(self, line: Line, what: str) -> None:
        self._lines.append(line)
        self._bytes += line.size
        self.counts[what] += 1
