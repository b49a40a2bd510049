"""The original of a document, out of the raw archive, as people may look at it: as text, and what stood around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from newsdex.run.archiving import open_archive

if TYPE_CHECKING:
    from newsdex.records import Origin
    from newsdex.settings import Settings

_NOT_TOLD = frozenset({"found_in"})
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\ufffd")
"""Control characters that no text shows; tabs and ends of lines stay."""


@dataclass(frozen=True, slots=True)
class Original:
    """The beginning of a document's bytes as text, `whole` when that is all, and what its door and its server said."""

    origin: Origin
    text: str
    whole: bool
    status: int | None
    headers: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]


def read_original(settings: Settings, raw_ref: str, *, most: int, encoding: str | None = None) -> Original:
    """Read up to so many bytes of a document, as text in the encoding that the line found for it.

    Raises `UserError` when the archive cannot give it.
    """
    raw = open_archive(settings).document(raw_ref, largest=most)
    content = raw.content[:most]
    text = _decode(content, encoding or raw.origin.encoding or "utf-8")
    given = asdict(raw.given) if raw.given else {}
    return Original(
        raw.origin,
        text.translate(_CONTROLS),
        len(raw.content) <= most,
        raw.response.status if raw.response else None,
        raw.response.headers if raw.response else (),
        tuple((name, _spell(value)) for name, value in given.items() if name not in _NOT_TOLD and value),
    )


def original_blocks(settings: Settings, raw_ref: str) -> Iterator[bytes]:
    """Give a document's bytes block by block, exactly as they came. Raises `UserError` when they are not there."""
    blocks = open_archive(settings).blocks(raw_ref)
    first = next(blocks, b"")  # what is wrong with the place is said now, before anything has been sent

    def all_blocks() -> Iterator[bytes]:
        yield first
        yield from blocks

    return all_blocks()


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _spell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
