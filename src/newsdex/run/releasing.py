"""Releasing from quarantine in the background, for a page: whoever asked sees by the run's id how far it is.

What is to be released is written down in the spool before the answer is given, and an entry leaves the quarantine only
as its document is indexed: when the program ends in the middle, nothing is lost, and asking again is harmless.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.run.batches import close_run, ingest_batch
from newsdex.run.clock import now
from newsdex.run.quarantine import choose, open_release
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index.quarantine import Selection

log = logging.getLogger(__name__)

MOST_AT_ONCE = 10_000
"""Documents that one click releases at most; the rest waits for the next."""

_REMEMBERED = 50


@dataclass(slots=True)
class Release:
    """One release: how many documents it took up, why others were left, and how far it is.

    `sheet` is its balance sheet once it is done, `trouble` says why it never will be.
    """

    run_id: str
    started_at: datetime
    chosen: int
    left: Mapping[str, int] = field(default_factory=dict)
    worked: int = 0
    sheet: dict[str, Any] | None = None
    trouble: str = ""

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.sheet is None and not self.trouble


class Releases:
    """Starts releases, one at a time, and remembers the last ones."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, Release] = OrderedDict()

    def start(self, settings: Settings, selection: Selection) -> Release:
        """Take up what is meant, and go on in the background.

        Raises `UserError` when another release is going on, and when nothing that is meant can be released.
        """
        with self._lock:
            going = next((each for each in self._known.values() if each.running), None)
            if going is not None:
                raise UserError("another release is going on", f"its run is {going.run_id}: wait until it has ended")
            chosen = choose(settings, selection, MOST_AT_ONCE)
            if not chosen.entries:
                why = "; ".join(f"{count:,}: {reason}" for reason, count in chosen.left.items())
                raise UserError("nothing of this can be released", why or "no entry is meant")
            release = Release(_new_id(), now(), len(chosen.entries), dict(Counter(chosen.left)))
            batches = open_release(settings, release.run_id, selection, MOST_AT_ONCE)
            self._known[release.run_id] = release
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        Thread(target=_work, args=(settings, release, batches), name=release.run_id, daemon=True).start()
        return release

    def find(self, run_id: str) -> Release | None:
        """Give a release that was started here; None for any other run."""
        with self._lock:
            return self._known.get(run_id)


def _work(settings: Settings, release: Release, batches: list[str]) -> None:
    try:
        sheets = []
        for batch in batches:
            sheets.append(ingest_batch(settings, batch, release.run_id))
            release.worked += int(sheets[-1]["inputs"])
        release.sheet = close_run(settings, release.run_id, sheets)
    except Exception as wrong:
        # The end of the thread: nobody above could hear of it.
        log.exception("release %s did not end well", release.run_id)
        release.trouble = str(wrong) or type(wrong).__name__


def _new_id() -> str:
    return f"release-{now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
