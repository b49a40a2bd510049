"""Who hears how far a long piece of work is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Told: TypeAlias = Callable[[str, int, int], None]
"""Hears of progress: the step, how many documents are done, of about how many."""


def unheard(step: str, done: int, total: int) -> None:
    """Hear of progress, and do nothing about it."""
