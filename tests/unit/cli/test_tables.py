"""Tables that fit the terminal, and lose nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.text import Text

from newsdex.cli import tables
from newsdex.cli.console import out

NAMES = ("id", "reason", "document")
ROWS = [
    ("0123456789abcdef" * 2, "no_article", "inbox/gazette/" + "a-long-name-" * 9 + "end.html"),
    ("7", "binary", "b.png"),
]


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Give the lines that were printed, without the blanks at their ends."""
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
def test_no_row_is_wider_than_the_terminal_and_no_letter_is_lost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """A long value is folded, whatever the width."""
    monkeypatch.setattr(out, "_width", width)
    tables.print_rows(NAMES, ROWS)
    lines = printed(capsys)
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    told = "".join("".join(line.split()) for line in lines)
    given = "".join(cell for row in ROWS for cell in row)
    assert not Counter(given) - Counter(told)


def test_where_there_is_no_room_the_long_value_has_lines_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And there is no heading, as nothing stands below it."""
    monkeypatch.setattr(out, "_width", 60)
    tables.print_rows(NAMES, ROWS[1:] + ROWS[:1])
    assert printed(capsys)[:2] == ["7  binary", "    b.png"]


def test_in_a_pipe_an_entry_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """However long: it is for `grep`."""
    monkeypatch.setattr(out, "_width", None)
    tables.print_rows(NAMES, ROWS)
    heading, first, second = printed(capsys)
    assert heading.split() == list(NAMES)
    assert tuple(first.split()) == ROWS[0]
    assert tuple(second.split()) == ROWS[1]


@pytest.mark.parametrize(("width", "lines"), [(30, 3), (16, 5)])
def test_many_numbers_stand_beside_their_name_or_below_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, lines: int
) -> None:
    """A table of numbers keeps its columns."""
    monkeypatch.setattr(out, "_width", width)
    rows = [[Text(cell) for cell in row] for row in (("gazette", "1,200", "7 %"), ("post", "3", "100 %"))]
    tables.print_numbers(("source", "week", "short"), rows)
    shown = printed(capsys)
    assert len(shown) == lines
    assert len({len(line) for line in shown if "%" in line or "week" in line}) == 1


def test_a_long_line_is_folded_between_words_and_set_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that each entry of a list is seen as one."""
    monkeypatch.setattr(out, "_width", 40)
    tables.print_folded(Text("en  2026-11-22  The harbour bridge shuts for repairs  inbox/gazette/bridge.html"))
    lines = printed(capsys)
    assert max(map(len, lines)) <= 40
    assert [line.startswith("    ") for line in lines] == [False] + [True] * (len(lines) - 1)
    assert " ".join(" ".join(lines).split()).endswith("repairs inbox/gazette/bridge.html")


def test_facts_are_folded_and_not_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest of 64 letters on a terminal of 40."""
    monkeypatch.setattr(out, "_width", 40)
    tables.print_facts([("sha256", "0123456789abcdef" * 4)])
    assert "".join("".join(line.split()) for line in printed(capsys)) == "sha256" + "0123456789abcdef" * 4
