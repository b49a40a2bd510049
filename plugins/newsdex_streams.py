"""What the triggerer runs to notice Kafka messages, and the cluster's options from an Airflow connection.

It only wakes the DAG: the DAG's first task takes the messages. The triggers of Airflow's Kafka provider take and commit
a message for each event, and an event may be lost on its way to a run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.sdk import BaseHook
from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from newsdex_troubles import Trouble


class StreamTrigger(BaseEventTrigger):
    """Announces that topics have messages which are not committed.

    Level-triggered: it announces at once, and again for as long as any waits, because Airflow may lose an asset event
    on its way to a run. The reminders begin `remind` seconds apart and slow down to `slowest`; new messages do not
    hasten them. It looks every `poll` seconds at how far the topics and the group are, by one connection, and reads
    no message. Servers, group and options are the settings' own, so that no password lies in Airflow's database.
    """

    def __init__(
        self,
        *,
        topics: list[str],
        connection: str = "",
        poll: float = 1.0,
        remind: float = 4.0,
        slowest: float = 30.0,
    ) -> None:
        super().__init__()
        self.topics = topics
        self.connection = connection
        self.poll = poll
        self.remind = remind
        self.slowest = slowest
        self._trouble = Trouble(self.log)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give the class path and the arguments from which the triggerer builds it again."""
        names = ("topics", "connection", "poll", "remind", "slowest")
        return "newsdex_streams.StreamTrigger", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event whenever a run should take messages."""
        due, pause = 0.0, self.remind
        watch: Any = None
        try:
            while True:
                try:
                    watch = watch or await self._open()
                    waiting = await asyncio.to_thread(watch.look)
                except Exception as wrong:  # noqa: BLE001 - a raising trigger is started again every few seconds
                    self._trouble.lasts(str(wrong))
                    waiting = {}
                else:
                    self._trouble.is_over()
                moment = time.monotonic()
                if not waiting:
                    due, pause = 0.0, self.remind
                elif moment >= due:
                    due, pause = moment + pause, min(2 * pause, self.slowest)
                    yield TriggerEvent(waiting)
                await asyncio.sleep(self.poll)
        finally:
            if watch is not None:
                watch.close()

    async def _open(self) -> Any:
        from newsdex.run import StreamWatch, read_settings  # plugins/ is imported by every task

        options = (await BaseHook.aget_connection(self.connection)).extra_dejson if self.connection else None
        return await asyncio.to_thread(StreamWatch, read_settings(), options)


def connection_options(connection: str) -> dict[str, Any] | None:
    """Read a cluster's options from an Airflow connection of the type Kafka; None when none is named."""
    return BaseHook.get_connection(connection).extra_dejson if connection else None
