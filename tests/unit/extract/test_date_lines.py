"""Of the many dates on a page only the line that dates the article is taken."""

from datetime import UTC, datetime

import pytest

from newsdex.extract import extract
from newsdex.records import DateCandidate, DateRole, FoundIn, Origin, RawDocument

BODY = """
<p>The bridge over the river stays open after a long debate in the council on Tuesday evening, the mayor said.</p>
<p>It was built by the mill’s owners, who paid a guard at either end and let nobody cross on a Sunday.</p>
<p>Engineers found the iron sound, though two of the piers want new stone before the next high water comes.</p>
"""


def lines(markup: str, before: str = "", after: str = "") -> list[str]:
    """Give the date lines of a page with this beside its headline."""
    page = f"<html><body>{before}<article><h1>Bridge stays open</h1>{markup}{BODY}</article>{after}</body></html>"
    origin = Origin("x.html", datetime(2025, 1, 1, tzinfo=UTC), "text/html", "0" * 64)
    return [date.text for date in extract(RawDocument(origin, page.encode())).dates]


@pytest.mark.parametrize(
    "line",
    [
        '<p class="date">16 November 2024, 08:30</p>',
        '<div class="entry-meta">by Jane Roe | 16. November 2024</div>',
        "<p>Published on Nov 16, 2024</p>",
        '<span class="post-date">16.11.24</span>',
        '<div class="info">2024年11月16日 08:30</div>',
        '<p class="meta">16 | 11 | 2024</p>',
        '<div class="datetime"><span>16 November 2024</span><span>08:30 h</span></div>',
    ],
)
def test_the_line_under_the_headline_is_the_date(line: str) -> None:
    """By its name, its words or its place."""
    assert len(lines(line)) == 1


def test_the_best_line_comes_first() -> None:
    """What is called a date, before what only stands near."""
    found = lines('<p>The Marsh Fair 2023, day 4</p><p class="date">16 November 2024</p>')
    assert found[0] == "16 November 2024"


@pytest.mark.parametrize(
    "after",
    [
        '<div class="comments"><p class="comment-date">17 November 2024</p></div>',
        '<div class="related"><ul><li>12 November 2024 Mill closes</li></ul></div>',
        "<footer><p>© 16.11.2024 Marsh Herald Ltd. All rights reserved</p></footer>",
        "<p>The Marsh Fair opens on 14 June 2025 with a procession through the old town and a concert.</p>",
    ],
)
def test_dates_of_other_things_are_none_of_the_articles(after: str) -> None:
    """Comments, related articles, copyright lines, events."""
    assert lines("", after=after) == []


def test_the_date_in_the_sites_header_is_todays() -> None:
    """It loses against the article's own, and says nothing alone."""
    today = '<header><div class="header-date">Wednesday, January 1, 2025</div></header>'
    assert lines("", before=today) == []
    assert lines('<p class="date">16 November 2024</p>', before=today)[0] == "16 November 2024"


def test_an_age_counts_only_where_the_markup_calls_it_a_date() -> None:
    """`2 hours ago` in a line of its own may be anything."""
    assert lines('<span class="timestamp">2 hours ago</span>') == ["2 hours ago"]
    assert lines("<p>2 hours ago</p>") == []


def test_an_age_beside_a_date_is_not_needed() -> None:
    """The date says more."""
    found = lines('<p class="date">16 November 2024</p><span class="timestamp">2 hours ago</span>')
    assert found == ["16 November 2024"]


def test_a_line_that_is_called_a_change_is_one() -> None:
    """By its element's class, where its words do not say."""
    page = f'<article><h1>Bridge stays open</h1><p class="updated">17 November 2024</p>{BODY}</article>'
    origin = Origin("x.html", datetime(2025, 1, 1, tzinfo=UTC), "text/html", "0" * 64)
    dates = extract(RawDocument(origin, page.encode())).dates
    assert dates == (DateCandidate("17 November 2024", DateRole.MODIFIED, FoundIn.LINE),)


def test_a_line_of_invisible_characters_is_none() -> None:
    """Repair leaves nothing of it."""
    assert lines("<p>&#8203;&#65279;</p>") == []


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("16 November 2024 – The council has met.", ["16 November 2024"]),
        (
            "Press release of 16 November 2024 | Northhaven – The council has met.",
            ["Press release of 16 November 2024"],
        ),
        ("Northhaven, (16.11.2024). The council has met.", ["Northhaven, (16.11.2024"]),
        ("On 16 November 2024 the council met.", []),
        ("Since 16 November 2024 - as readers know - the council has met twice.", []),
    ],
)
def test_a_story_may_begin_with_its_day(opening: str, told: list[str]) -> None:
    """Press offices set the day before the first sentence; a day inside a sentence is the story's."""
    assert (
        lines(f"<p>{opening} It was the first time in a year, and the hall was full to the last seat, many said.</p>")
        == told
    )
