"""What the triggerer runs to notice dropped files. It only wakes the DAG: the DAG's first task claims the files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from newsdex_troubles import Trouble


class InboxTrigger(BaseEventTrigger):
    """Announces that files wait in the inbox, or that a run left claimed files behind.

    Level-triggered: it announces at once, and again for as long as anything waits, because Airflow may lose an asset
    event on its way to a run. The reminders begin `remind` seconds apart and slow down to `slowest`. It remembers
    nothing, and never touches a file, so it may be killed and started again at any time. All times are in seconds.
    """

    def __init__(
        self,
        *,
        inbox: str,
        poll: float = 0.5,
        settle: float = 0.5,
        remind: float = 4.0,
        slowest: float = 30.0,
        stale_after: float = 120.0,
    ) -> None:
        super().__init__()
        self.inbox = inbox
        self.poll = poll
        self.settle = settle
        self.remind = remind
        self.slowest = slowest
        self.stale_after = stale_after
        self._trouble = Trouble(self.log)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give the class path and the arguments from which the triggerer builds it again."""
        names = ("inbox", "poll", "settle", "remind", "slowest", "stale_after")
        return "newsdex_triggers.InboxTrigger", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event whenever a run should look at the inbox."""
        due, pause = 0.0, self.remind
        while True:
            found = await asyncio.to_thread(self._look)
            moment = time.monotonic()
            if not found:
                due, pause = 0.0, self.remind
            elif moment >= due:
                due, pause = moment + pause, min(2 * pause, self.slowest)
                yield TriggerEvent(found)
            await asyncio.sleep(self.poll)

    def _look(self) -> dict[str, int]:
        from newsdex.run import inspect_inbox  # plugins/ is imported by every task: only the triggerer needs it

        try:
            state = inspect_inbox(Path(self.inbox), settle=self.settle, stale_after=self.stale_after, first_only=True)
        except OSError as wrong:
            self._trouble.lasts(f"cannot look into {self.inbox}: {wrong}")
            return {}
        self._trouble.is_over()
        waits = {"files": state.files, "stale_batches": state.stale_batches}
        return waits if any(waits.values()) else {}
