"""How a trigger tells a trouble that lasts: it looks every second, and its log is read by people."""

from __future__ import annotations

import time
from typing import Any

EVERY = 600.0
"""Seconds after which a trouble that lasts is told again."""


class Trouble:
    """One trouble at a time: told when it begins or turns into another, every ten minutes, and when it is over."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._what = ""
        self._told = 0.0

    def lasts(self, what: str) -> None:
        """Tell it, unless just this was told a short time ago."""
        moment = time.monotonic()
        if what != self._what or moment - self._told >= EVERY:
            self._log.warning("%s", what)
            self._what, self._told = what, moment

    def is_over(self) -> None:
        """Tell the end of it, if there was one."""
        if self._what:
            self._log.info("over: %s", self._what)
            self._what = ""
