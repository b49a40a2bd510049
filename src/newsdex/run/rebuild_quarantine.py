"""What a rebuild means for the quarantine: settled when the aliases have moved, and taken back with them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from newsdex.records import Rejection
from newsdex.run.rebuild_record import Record

if TYPE_CHECKING:
    from newsdex.index import Written
    from newsdex.index.quarantine import Quarantine

_WORKED = "refused.jsonl"
_BEFORE = "quarantine.jsonl"
_PAGE = 500


class QuarantineSettlement:
    """The quarantine and one rebuild.

    Entries change only where the document is one: an article that leaves the index gets an entry, an entry whose
    document is taken now goes, one that is refused again counts a try. What was dropped stays dropped.
    """

    def __init__(self, record: Record, quarantine: Quarantine) -> None:
        self._record = record
        self._quarantine = quarantine

    @cached_property
    def _entries(self) -> dict[str, str | None]:
        from newsdex.index.quarantine import Selection

        return {entry.id: entry.raw_ref for entry in self._quarantine.find(Selection())}

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def origins(self, wanted: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
        """Give the origins of the entries that are wanted, by their sources, and whose bytes can be read back."""
        from newsdex.index.quarantine import Selection

        for entry in self._quarantine.find(Selection()):
            if entry.raw_ref is not None and entry.unreleasable is None and wanted(entry.source):
                yield entry.source["origin"]

    def note(self, worked: Sequence[Written], refused: Mapping[str | None, Rejection]) -> None:
        """Write down what was refused, and what was taken that lies in quarantine."""
        from newsdex.index.document import quarantine_id

        lines: list[dict[str, Any]] = []
        for written in worked:
            entry = quarantine_id(written.origin)
            rejection = refused.get(written.origin.raw_ref)
            if rejection is not None:
                lines.append({"entry": entry, **rejection.as_dict()})
            elif entry in self._entries:
                lines.append({"entry": entry, "id": written.id, "uri": written.origin.uri})
        if lines:
            self._record.append(_WORKED, lines)

    @property
    def recovered(self) -> list[dict[str, Any]]:
        """What lies in quarantine and is taken now."""
        return [line for line in self._last().values() if "rejection" not in line]

    def settle(self, at: datetime) -> None:
        """Change the entries; how they were is written down first. Doing it again changes nothing more."""
        from newsdex.index.document import quarantine_document

        lines = iter(self._last().items())
        while page := dict(itertools.islice(lines, _PAGE)):
            known = self._quarantine.known(page)
            before = [{"entry": entry, "source": known.get(entry, {}).get("_source")} for entry in page]
            self._record.append(_BEFORE, before)
            refused = {entry: Rejection.from_dict(line) for entry, line in page.items() if "rejection" in line}
            self._quarantine.keep({entry: quarantine_document(out, at) for entry, out in refused.items()})
            self._quarantine.remove(known.keys() - refused.keys())

    def take_back(self) -> None:
        """Put the entries back as they were before."""
        before: dict[str, dict[str, Any] | None] = {}
        for line in self._record.lines(_BEFORE):
            before.setdefault(line["entry"], line["source"])
        self._quarantine.restore({entry: source for entry, source in before.items() if source is not None})
        self._quarantine.remove([entry for entry, source in before.items() if source is None])

    def _last(self) -> dict[str, dict[str, Any]]:
        """Give what became, at last, of each document that has an entry or leaves the index."""
        leaving = {ref for ref in self._record.state.missing.values() if ref is not None}
        last: dict[str, dict[str, Any]] = {}
        for line in self._record.lines(_WORKED):
            refused = line.get("origin", {}).get("raw_ref")
            if line["entry"] in self._entries or refused in leaving:
                last[line["entry"]] = line
        return last
