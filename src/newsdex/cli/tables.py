"""Tables that fit: beside each other where the terminal is wide enough, below each other where it is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import out

_GAP = 2
_INDENT = 4
_ROOM = 28
"""Columns that the last cell needs beside the others: a word or two a line, not letters."""


def print_rows(names: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Sequence[str] = ()) -> None:
    """Print rows whose last cell is the long one; nothing is cut.

    The last cell is folded where it does not fit, and goes onto lines of its own where there is no room for it beside
    the others. Columns named in `right` are numbers.
    """
    cells = [[each if isinstance(each, Text) else Text(each) for each in row] for row in rows]
    widths = [max(map(cell_len, (name, *(row[at].plain for row in cells)))) for at, name in enumerate(names)]
    beside = sum(width + _GAP for width in widths[:-1])
    if beside + min(widths[-1], _ROOM) <= out.width:
        out.print(_table(names, cells, right))
        return
    for row in cells:
        out.print(Text("  ").join(each for each in row[:-1] if each.plain))
        out.print(Padding(row[-1], (0, 0, 0, _INDENT), expand=False))


def print_numbers(names: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    """Print rows of a name and many numbers; where there is no room for both, the name stands above its numbers."""
    cells = list(rows)
    widths = [max(map(cell_len, (name, *(row[at].plain for row in cells)))) for at, name in enumerate(names)]
    gap = _GAP if sum(width + _GAP for width in widths) <= out.width else 1
    numbers = sum(width + gap for width in widths[1:])
    beside = widths[0] + numbers <= out.width

    def line(row: Sequence[Text]) -> Text:
        name = Text.assemble(row[0], " " * (widths[0] - cell_len(row[0].plain))) if beside else Text()
        shown = (Text.assemble(" " * (gap + width - cell_len(each.plain)), each) for each, width in pairs(row))
        return Text.assemble(name, *shown)

    def pairs(row: Sequence[Text]) -> Iterable[tuple[Text, int]]:
        return zip(row[1:], widths[1:], strict=True)

    out.print(line([Text(name, "dim") for name in names]), soft_wrap=True)
    for row in cells:
        if not beside:
            out.print(row[0], soft_wrap=True)
        out.print(line(row), soft_wrap=True)


def print_folded(text: Text) -> None:
    """Print one line, folded between words where it is too long, with what is folded set in."""
    first, *others = text.wrap(out, max(out.width - _INDENT, _ROOM))
    out.print(first, soft_wrap=True)
    for line in others:
        out.print(Text.assemble(" " * _INDENT, line), soft_wrap=True)


def print_facts(facts: Iterable[tuple[str, str | Text]]) -> None:
    """Print names with their values, which are folded and not cut."""
    table = Table.grid(padding=(0, _GAP))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, value if isinstance(value, Text) else Text(value))
    out.print(table)


def _table(names: Sequence[str], rows: Iterable[Sequence[Text]], right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, _GAP, 0, 0))
    for name in names:
        last = name == names[-1]
        table.add_column(name, no_wrap=not last, overflow="fold", justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*row)
    return table
