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


LETTER = """To the editor
River Street 4
Marsh

I have lived beside the ferry for thirty years and never once saw it
leave on time, although the timetable has changed more often than the
weather. Last week it waited for a goose. The captain said the bird
is a passenger like any other, that it pays in eggs, and that nobody
who pays is ever left behind in this town.

Yours
M. Lind
Marsh
"""
VERSE = """Late
At
The
Pier
In
Marsh

The boat is late, and all the night is long,
and nobody has come to wait or come to sing,
the harbour's old, the harbour's only song,
of what the early morning tide may bring us,
so row, my brother, row the boat along now,
and leave the bell its quiet evening ring,
"""


def test_a_wrapped_letter_is_joined_among_short_lines() -> None:
    """Its sentences break off at one column; address and signature stay lines."""
    lines = texts(LETTER)
    assert lines[:3] == ["To the editor", "River Street 4", "Marsh"]
    assert lines[3].startswith("I have lived")
    assert lines[3].endswith("left behind in this town.")
    assert lines[4:] == ["Yours", "M. Lind", "Marsh"]


def test_verses_that_pause_at_their_ends_are_not_joined() -> None:
    """However even they are."""
    assert len(texts(VERSE)) == 12


def test_sentences_that_break_off_anywhere_are_not_joined() -> None:
    """Without a column nobody wrapped them."""
    lines = ["the ferry leaves from a pier that", "and it", "is said to be older than the town around it, which", "was"]
    assert texts("\n".join([*lines, "built of its planks when the river", "rose"])) == [
        *lines,
        "built of its planks when the river",
        "rose",
    ]
