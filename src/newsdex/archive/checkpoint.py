"""How far the archive was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsdex.errors import UserError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far each file was read, in bytes; files that are not in it were not.

    It names every file, as new ones may come anywhere in the order and several grow at once: some 60 bytes a file.

    >>> Checkpoint({"2026/11/22/a-00001.warc.gz": 512}).as_dict()
    {'2026/11/22': {'a-00001.warc.gz': 512}}
    """

    offsets: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Give the JSON shape."""
        shape: dict[str, dict[str, int]] = {}
        for name, offset in self.offsets.items():
            day, _, file = name.rpartition("/")
            shape.setdefault(day, {})[file] = offset
        return shape

    @classmethod
    def from_dict(cls, shape: Any) -> Checkpoint:
        """Read the JSON shape. Raises `UserError` for what is none.

        >>> Checkpoint.from_dict({"2026/11/22": {"a-00001.warc.gz": 512}}).offsets
        {'2026/11/22/a-00001.warc.gz': 512}
        """
        try:
            return cls({f"{day}/{file}": int(offset) for day, files in shape.items() for file, offset in files.items()})
        except (AttributeError, TypeError, ValueError) as wrong:
            raise UserError(f"no checkpoint of the raw archive: {shape!r:.80}", "begin without one") from wrong
