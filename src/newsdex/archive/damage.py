"""What can be wrong with an archive, each with what to do about it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """The kinds of damage."""

    TORN = "torn"
    """A file ends in mid-record: its writer was killed, or the file was cut."""
    UNREADABLE = "unreadable"
    """Bytes that are no record, or not the one that was written, with records behind them."""
    UNTOLD = "untold"
    """A document without the metadata record that tells where it came from; its bytes are there."""
    ASTRAY = "astray"
    """A revisit record whose bytes are not where it says."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: its place as a raw_ref, the file as other programs take it, a sentence for a person."""

    place: str
    file: str
    wrong: Wrong
    detail: str

    @property
    def advice(self) -> str:
        """What to do."""
        backup = f"restore {self.file} from a backup"
        match self.wrong:
            case Wrong.TORN:
                cut = f"truncate -s {self.place.rpartition('#')[2]} {shlex.quote(self.file)}"
                remains = f"`{cut}` takes the remains away"
                return (
                    "if a run was killed then, nothing is lost: its input was not let go and is archived again; "
                    f"{remains}. If the file was cut in copying, copy it again"
                )
            case Wrong.UNREADABLE:
                return f"{backup}; until then its other records are read as before"
            case Wrong.UNTOLD:
                return f"{backup}; its bytes are there: newsdex archive show {self.place} --bytes"
            case Wrong.ASTRAY:
                return "restore the file that it names from a backup, or fetch the address again"

    def as_dict(self) -> dict[str, str]:
        """Give the JSON shape."""
        return {
            "place": self.place,
            "file": self.file,
            "wrong": self.wrong,
            "detail": self.detail,
            "advice": self.advice,
        }

    def __str__(self) -> str:
        return f"{self.place}: {self.detail}"
