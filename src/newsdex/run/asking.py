"""Asking the web where one answer may lead to the next question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing

from newsdex.fetch import Fetched, FetchSettings, Request, fetch_all


async def ask_all(
    requests: Iterable[Request],
    take: Callable[[Fetched], Iterable[Request]],
    settings: FetchSettings,
    *,
    seconds: float | None = None,
) -> None:
    """Ask, hand each answer to `take`, and ask what it gives back too, until there is nothing more to ask.

    What was not begun after `seconds` is never handed over, or comes as postponed.
    """
    waiting: asyncio.Queue[Request | None] = asyncio.Queue()
    left = 0

    def add(more: Iterable[Request]) -> None:
        nonlocal left
        for request in more:
            left += 1
            waiting.put_nowait(request)

    async def coming() -> AsyncIterator[Request]:
        while (request := await waiting.get()) is not None:
            yield request

    add(requests)
    if not left:
        return
    async with aclosing(fetch_all(coming(), settings, seconds=seconds)) as answers:  # type: ignore[type-var]
        async for fetched in answers:
            add(take(fetched))
            left -= 1
            if not left:
                waiting.put_nowait(None)
