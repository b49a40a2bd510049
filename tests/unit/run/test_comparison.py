"""Two versions of a text side by side."""

from __future__ import annotations

from newsdex.run.comparison import Piece, compare_texts


def marks(earlier: str, later: str) -> list[list[tuple[str, str]]]:
    """Compare two bodies."""
    compared = compare_texts({"body": earlier}, {"body": later})
    return [[(piece.mark, piece.text.rstrip()) for piece in line] for line in compared]


def test_a_changed_word_is_shown_within_its_paragraph() -> None:
    """The other paragraphs are whole."""
    assert marks("It is shut.\n\nIt rains.", "It is open.\n\nIt rains.") == [
        [("=", "It is"), ("-", "shut."), ("+", "open.")],
        [("=", "It rains.")],
    ]


def test_a_new_paragraph_and_one_that_is_gone_stand_alone() -> None:
    """Nothing of them is in the other version."""
    assert marks("One is here.\n\nTwo.", "Two.\n\nThree is new.") == [
        [("-", "One is here.")],
        [("=", "Two.")],
        [("+", "Three is new.")],
    ]


def test_chinese_is_compared_by_character() -> None:
    """It has no spaces; a paragraph would be one word."""
    assert marks("大桥关闭三周。", "大桥开放三周。") == [[("=", "大桥"), ("-", "关闭"), ("+", "开放"), ("=", "三周。")]]


def test_both_versions_can_be_read_out_of_it() -> None:
    """Nothing is lost: without what came it is the earlier one, without what went the later one."""
    earlier, later = "a b c\n\nd e\n\nf", "a x c\n\nd\n\ne f g"
    compared = compare_texts({"headline": "H", "body": earlier}, {"headline": "I", "body": later})
    for mark, wanted in (("+", ["H", *earlier.split("\n\n")]), ("-", ["I", *later.split("\n\n")])):
        words = " ".join("".join(piece.text for piece in line if piece.mark != mark) for line in compared)
        assert words.split() == " ".join(wanted).split()


def test_very_long_changes_are_told_paragraph_by_paragraph() -> None:
    """Setting ten thousand words against each other would take minutes."""
    compared = compare_texts({"body": "a " * 10_000}, {"body": "b " * 10_000})
    assert [[piece.mark for piece in line] for line in compared] == [["-"], ["+"]]
    assert isinstance(compared[0][0], Piece)
