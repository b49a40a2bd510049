"""The rules, loaded and compiled once in each process, and again only when a file of config/ has changed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsdex.rules import Rules


def current_rules(config: Path) -> Rules:
    """Give the rules as config/ has them now. Raises `UserError` as `load_rules` does."""
    files = sorted(config.glob("**/*.yaml"))
    return _load(config, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _load(config: Path, state: tuple[tuple[Path, int], ...]) -> Rules:
    from newsdex.rules import load_rules

    return load_rules(config)
