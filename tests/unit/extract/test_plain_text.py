"""Where paragraphs begin and end in plain text."""

from __future__ import annotations

from newsdex.extract.plain_text import split_paragraphs
from newsdex.records import Kind

WRAPPED = """The ferry that has linked the two banks of the river since the year
1951 will run again in April after a winter ashore, and with a new en-
gine, its owners said, and with a long-
range radio on board, which nobody in the village had ever asked them
to buy or to learn.

It was built in a hurry, and by people who had never seen the sea."""


def texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in split_paragraphs(text)]


def test_each_line_is_a_paragraph_when_nothing_is_wrapped() -> None:
    """Lines without a common width are paragraphs."""
    assert texts("One short line\nAnother line, rather longer than the first one was\nThird") == [
        "One short line",
        "Another line, rather longer than the first one was",
        "Third",
    ]


def test_wrapped_lines_are_joined() -> None:
    """A text wrapped at a column comes out in its paragraphs."""
    assert len(texts(WRAPPED)) == 2


def test_broken_words_are_joined_and_compounds_keep_their_hyphen() -> None:
    """`en-/gine` is one word, `long-/range` keeps its hyphen."""
    assert "a new engine," in texts(WRAPPED)[0]
    assert "a long-range radio" in texts(WRAPPED)[0]


def test_rows_of_a_table_stay_rows() -> None:
    """Columns set apart by spaces make a row, and no row joins another."""
    rows = list(split_paragraphs("Boat      Time     Place\nHeron     1:12     1\n"))
    assert [row.kind for row in rows] == [Kind.TABLE_ROW, Kind.TABLE_ROW]


def test_every_kind_of_line_break_counts() -> None:
    """Windows, old Macintosh and Unicode line breaks end a line."""
    assert texts("a one\r\nb two\rc three\u2028d four") == ["a one", "b two", "c three", "d four"]


def test_japanese_paragraphs_a_line_each_are_not_joined() -> None:
    """A full stop well before the column ends a paragraph; without blanks any line had room for the next character."""
    lines = (
        "古い渡し船が霧の中で港に戻る",
        "【浜谷通信】浜谷港の渡し船が三日、濃い霧のため途中で引き返し、一時間後に同じ桟橋へ着いた。",
        "乗客は島に着いたと思って船を下りたという。",
        "船長は「景色が同じで驚いた」と話した。",
    )
    assert [p.text for p in split_paragraphs("\n".join(lines))] == list(lines)
