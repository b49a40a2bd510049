"""Signatures: lines that name the reporter by their shape alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsdex.clean.sheet import Sheet
from newsdex.clean.signature import take_signatures

HEADLINE = "Old bridge opens to walkers after nine years"
STORY = "The council met on Tuesday and heard what the engineers had found under the bridge."

LayOut = Callable[..., Sheet]


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Jane Roe | Staff writer", ["Jane Roe"]),
        ("Jane Roe and John Doe | Marsh Herald", ["Jane Roe", "John Doe"]),
        ("Jane Roe, Reuters", ["Jane Roe"]),
        ("Reuters / Jane Roe", ["Jane Roe"]),
        ("Jane Roe - marshherald.example", ["Jane Roe"]),
    ],
)
def test_a_person_with_a_job_a_paper_or_an_agency_is_a_signature(
    lay_out: LayOut, line: str, authors: list[str]
) -> None:
    """What stands beside the name tells that it is the reporter's."""
    sheet = lay_out(HEADLINE, line, STORY)
    take_signatures(sheet)
    assert sheet.authors == authors
    assert sheet.lines[1].rule == "bare-byline"


def test_a_paper_that_other_lines_name_makes_a_signature(lay_out: LayOut) -> None:
    """No word of its name says that it is a paper's, but the copyright line has it too."""
    sheet = lay_out(HEADLINE, "Jane Roe | La Marea Baja", STORY, "© 2024 La Marea Baja")
    take_signatures(sheet)
    assert sheet.authors == ["Jane Roe"]
    assert [clue.value for clue in sheet.clues if clue.field == "publisher"] == ["La Marea Baja"]


@pytest.mark.parametrize("line", ["Jane Roe | The Long Way Home", "Harbour | Bridge | Town", "Jane Roe, who built it"])
def test_a_line_of_names_alone_is_none(lay_out: LayOut, line: str) -> None:
    """A person beside a title, and a row of sections, sign nothing."""
    sheet = lay_out(HEADLINE, line, STORY)
    take_signatures(sheet)
    assert sheet.authors == []


def test_where_the_reporter_was_counts_beside_the_masthead_only(lay_out: LayOut) -> None:
    """`Jane Roe in Oslo` may be a headline; beside the date it is a signature."""
    alone, beside = lay_out(HEADLINE, "Jane Roe in Oslo", STORY), lay_out(HEADLINE, "Jane Roe in Oslo", "x", STORY)
    beside.lines[2].masthead = True
    take_signatures(alone)
    take_signatures(beside)
    assert alone.authors == []
    assert beside.authors == ["Jane Roe"]
