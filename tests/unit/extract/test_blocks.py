"""A page's tree as blocks: where text is cut, what is never read, what is counted."""

from __future__ import annotations

import lxml.html

from newsdex.extract.blocks import Block, read_blocks
from newsdex.records import Kind


def blocks_of(body: str) -> list[Block]:
    return read_blocks(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))[0]


def texts_of(body: str) -> list[str]:
    return [block.text for block in blocks_of(body)]


def test_text_is_cut_where_a_reader_sees_a_new_line() -> None:
    """Block elements and line breaks cut; bold, italics and links do not."""
    assert texts_of("<div>One <b>and</b> a half.<br>Two.<p>Three.</p>Four.</div>") == [
        "One and a half.",
        "Two.",
        "Three.",
        "Four.",
    ]


def test_what_only_screen_readers_hear_is_left_out() -> None:
    """The note inside a link is not part of the sentence, and the link after it still counts as one."""
    (block,) = blocks_of('<p>See <a class="sr-only" href="#">opens a window</a><a href="/m">the map</a>.</p>')
    assert (block.text, block.links) == ("See the map.", len("the map"))


def test_emphasis_is_counted() -> None:
    """A line all in bold has as much emphasis as text."""
    plain, bold = blocks_of("<p>Plain <i>words</i>.</p><p><strong>Bold words.</strong></p>")
    assert (plain.emphasis, bold.emphasis) == (5, len("Bold words."))


def test_only_the_line_right_under_a_picture_is_pictured() -> None:
    """The first block after an image may be its caption; the second cannot."""
    assert [block.pictured for block in blocks_of("<p>A.</p><div><img src='a.jpg'></div><p>B.</p><p>C.</p>")] == [
        False,
        True,
        False,
    ]


def test_a_row_of_a_data_table_is_one_block() -> None:
    """Cells are joined by bars, and the row is no paragraph."""
    (row,) = blocks_of("<table><tr><td>Northhaven</td><td>9</td><td>1</td></tr></table>")
    assert (row.text, row.kind) == ("Northhaven | 9 | 1", Kind.TABLE_ROW)


def test_the_cells_of_a_layout_table_are_read_as_what_they_hold() -> None:
    """A cell with paragraphs in it is no cell of a data table."""
    assert texts_of("<table><tr><td><p>Menu</p></td><td><p>A story.</p></td></tr></table>") == ["Menu", "A story."]


def test_a_caption_keeps_its_kind_under_other_elements() -> None:
    """What is inside a figcaption is a caption, also in a div or a heading; the figure's other text is not read."""
    (block,) = blocks_of("<figure>Zoom<figcaption><h4>The quay at dawn.</h4></figcaption></figure>")
    assert (block.text, block.kind) == ("The quay at dawn.", Kind.CAPTION)


def test_menus_are_read_only_when_everything_is() -> None:
    """A page whose article fell into a menu can be read again."""
    root = lxml.html.document_fromstring("<html><body><nav><p>The whole story.</p></nav></body></html>")
    assert [len(read_blocks(root, everything=everything)[0]) for everything in (False, True)] == [0, 1]
