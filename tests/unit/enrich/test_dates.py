"""The best witness decides, and a missing date is better than an invented one."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from newsdex.enrich.date_votes import OUTRANKED
from newsdex.enrich.dates import (
    AFTER_CHANGED,
    AFTER_FETCHED,
    BEFORE_PUBLISHED,
    JUST_MADE,
    PLACEHOLDER,
    UNSETTLED,
    decide_dates,
)
from newsdex.enrich.relative_dates import RELATIVE
from newsdex.records import (
    CleanArticle,
    DateCandidate,
    Dated,
    DateRole,
    Door,
    FoundIn,
    Offset,
    Origin,
    Precision,
    Removed,
)
from newsdex.rules import Publisher, Rules

ORIGIN = Origin("inbox/x.txt", datetime(2025, 1, 1, tzinfo=UTC), "text/plain", "0" * 64)


def candidate(text: str, found_in: FoundIn = FoundIn.LINE, role: DateRole = DateRole.PUBLISHED) -> DateCandidate:
    """Give a candidate."""
    return DateCandidate(text, role, found_in)


def decide(
    *dates: DateCandidate, language: str = "en", rules: Rules | None = None, **fields: str
) -> tuple[Dated, Dated]:
    """Decide the dates of an article with these candidates and fields."""
    return decide_dates(CleanArticle(ORIGIN, ("Text.",), dates=dates, **fields), rules or Rules(), language)  # type: ignore[arg-type]


def test_a_time_without_an_offset_is_taken_as_utc_and_says_so() -> None:
    """The reader can see that the offset was supplied."""
    published, _ = decide(candidate("Tuesday 19 November 2024 | 00:16"))
    assert published.value == datetime(2024, 11, 19, 0, 16, tzinfo=UTC)
    assert published.evidence is not None
    assert published.evidence.offset is Offset.ASSUMED


def test_the_publishers_zone_is_used_where_config_knows_it() -> None:
    """09:30 in Delhi is 04:00 UTC, still assumed."""
    rules = Rules(publishers=(Publisher(id="daily", name="The Daily", timezone="Asia/Kolkata"),))
    published, _ = decide(candidate("19 November 2024, 09:30"), rules=rules, publisher="The Daily")
    assert published.value == datetime(2024, 11, 19, 4, tzinfo=UTC)


def test_a_named_zone_follows_the_season() -> None:
    """ET is four hours behind UTC in August and five in December."""
    summer, _ = decide(candidate("Aug. 3, 2024, 5:00 a.m. ET"))
    winter, _ = decide(candidate("Dec. 3, 2024, 5:00 a.m. ET"))
    assert (summer.value, winter.value) == (
        datetime(2024, 8, 3, 9, tzinfo=UTC),
        datetime(2024, 12, 3, 10, tzinfo=UTC),
    )


def test_a_day_is_stored_as_its_midnight_utc() -> None:
    """Whatever the publisher's zone: a day has no offset."""
    rules = Rules(publishers=(Publisher(id="daily", name="The Daily", timezone="Asia/Tokyo"),))
    _, modified = decide(candidate("(Last Updated On: June 20, 2023)"), rules=rules, publisher="The Daily")
    assert modified.value == datetime(2023, 6, 20, tzinfo=UTC)
    assert modified.evidence is not None
    assert (modified.evidence.precision, modified.evidence.offset) == (Precision.DAY, None)


def test_a_date_after_fetching_is_refused_and_kept_as_evidence() -> None:
    """An event's date is not the article's."""
    published, _ = decide(candidate("5 January 2025"))
    assert published.value is None
    assert [evidence.refused for evidence in published.rejected] == [AFTER_FETCHED]


def test_a_change_before_publication_is_refused() -> None:
    """Such a date belongs to something else."""
    _, modified = decide(candidate("19 November 2024"), candidate("Updated 18 November 2024", role=DateRole.MODIFIED))
    assert (modified.value, modified.rejected[0].refused) == (None, BEFORE_PUBLISHED)


def test_a_change_on_the_day_of_publication_stands_even_where_only_the_day_is_known() -> None:
    """Days are compared with days."""
    _, modified = decide(candidate("19 November 2024 09:00"), candidate("19 November 2024", role=DateRole.MODIFIED))
    assert modified.value == datetime(2024, 11, 19, tzinfo=UTC)


def test_structured_data_beats_the_printed_line_and_the_line_is_kept_as_a_rival() -> None:
    """The order of places is the order of belief."""
    published, _ = decide(candidate("18 November 2024"), candidate("2024-11-19T08:00:00Z", FoundIn.JSON_LD))
    assert published.value == datetime(2024, 11, 19, 8, tzinfo=UTC)
    assert [evidence.refused for evidence in published.rejected] == [OUTRANKED]


def test_witnesses_that_agree_raise_the_confidence() -> None:
    """Two places that say the same are better than one."""
    alone, _ = decide(candidate("19 November 2024"))
    together, _ = decide(candidate("19 November 2024"), candidate("2024-11-19", FoundIn.URL))
    assert alone.evidence is not None
    assert together.evidence is not None
    assert together.evidence.confidence > alone.evidence.confidence
    assert together.rejected == ()


def test_an_unsettled_numeric_date_is_refused() -> None:
    """English writes it both ways."""
    published, _ = decide(candidate("03/04/2024"))
    assert (published.value, published.rejected[0].refused) == (None, UNSETTLED)


@pytest.mark.parametrize(
    ("text", "language", "fields", "day"),
    [
        ("03/04/2024", "fr", {}, (4, 3)),
        ("03/04/2024", "en", {"declared_language": "en-GB"}, (4, 3)),
        ("03/04/2024", "en", {"declared_language": "en-US"}, (3, 4)),
        ("03/04/2024 10:00 EST", "en", {}, (3, 4)),
        ("04/03/2024", "en", {"dateline": "BELLE TERRE, La., April 3"}, (4, 3)),
        ("25/04/2024", "en", {}, (4, 25)),
        ("01/12/2025", "en", {}, None),
        ("12/01/2025", "en", {}, None),
        ("03.04.2024", "en", {}, (4, 3)),
    ],
)
def test_what_settles_a_numeric_date(
    text: str, language: str, fields: dict[str, str], day: tuple[int, int] | None
) -> None:
    """Language, region, zone, a dateline, or that one of the readings is no day or lies in the future."""
    published, _ = decide(candidate(text), language=language, **fields)
    found = (published.value.month, published.value.day) if published.value else None
    assert found == day


def test_a_day_beats_a_month() -> None:
    """Month precision is the last resort."""
    published, _ = decide(candidate("November 2024", FoundIn.JSON_LD), candidate("19 November 2024"))
    assert published.value == datetime(2024, 11, 19, tzinfo=UTC)


def refused(dated: Dated) -> list[str | None]:
    """Give the reasons for which candidates were refused."""
    return [evidence.refused for evidence in dated.rejected]


def test_what_readers_see_outvotes_a_lone_meta_element() -> None:
    """Meta elements often hold the day an editor opened the form; the line under the headline is the publication."""
    published, _ = decide(candidate("2024-11-12T09:43:00+01:00", FoundIn.META), candidate("16 November 2024"))
    assert published.value == datetime(2024, 11, 16, tzinfo=UTC)
    assert refused(published) == [OUTRANKED]


def test_a_meta_element_that_the_address_bears_out_stands_against_a_line() -> None:
    """Two witnesses are more than one."""
    published, _ = decide(
        candidate("2024-11-12T09:43:00+01:00", FoundIn.META),
        candidate("2024-11-12", FoundIn.URL),
        candidate("16 November 2024"),
    )
    assert published.value == datetime(2024, 11, 12, 8, 43, tzinfo=UTC)


def test_a_line_and_the_time_element_inside_it_are_one_witness() -> None:
    """So they do not outvote JSON-LD."""
    published, _ = decide(
        candidate("2024-11-12T09:43:00+01:00", FoundIn.JSON_LD),
        candidate("2024-11-16", FoundIn.TIME_TAG),
        candidate("16 November 2024"),
    )
    assert published.value == datetime(2024, 11, 12, 8, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "found_in"),
    [("November 15, 2024 | 9:25pm", FoundIn.LINE), ("November 15, 2024", FoundIn.LINE), ("2024-11-15", FoundIn.URL)],
)
def test_a_time_in_utc_and_the_day_readers_saw_are_one_moment(shown: str, found_in: FoundIn) -> None:
    """02:25 UTC is the evening before in New York: the value is in UTC, `day` is the day it was there."""
    published, _ = decide(candidate("2024-11-16T02:25:54Z", FoundIn.JSON_LD), candidate(shown, found_in))
    assert published.value == datetime(2024, 11, 16, 2, 25, 54, tzinfo=UTC)
    assert published.evidence is not None
    assert (published.evidence.day, published.rejected) == (date(2024, 11, 15), ())


def test_a_line_of_another_minute_is_another_moment() -> None:
    """No zone on Earth is 7 hours and 7 minutes behind UTC."""
    published, _ = decide(candidate("2024-11-16T02:25:00Z", FoundIn.JSON_LD), candidate("November 15, 2024 | 7:18pm"))
    assert published.evidence is not None
    assert (published.evidence.day, refused(published)) == (date(2024, 11, 16), [OUTRANKED])


def test_the_day_is_the_one_of_the_printed_offset() -> None:
    """Half past midnight in Berlin is the day before in UTC."""
    published, _ = decide(candidate("2024-11-16T00:30:00+01:00", FoundIn.JSON_LD))
    assert published.evidence is not None
    assert (published.value, published.evidence.day) == (datetime(2024, 11, 15, 23, 30, tzinfo=UTC), date(2024, 11, 16))


def test_of_agreeing_witnesses_the_finest_gives_the_time() -> None:
    """A day and a minute of that day say the same."""
    published, _ = decide(candidate("2024-11-16", FoundIn.JSON_LD), candidate("2024-11-16T08:00:00Z", FoundIn.META))
    assert published.value == datetime(2024, 11, 16, 8, tzinfo=UTC)


def test_a_printed_publication_after_the_last_change_is_refused() -> None:
    """It is today's date in the page's header, or a comment's."""
    published, _ = decide(
        candidate("Friday, December 20, 2024"),
        candidate("2024-11-12", FoundIn.META),
        candidate("2024-11-13", FoundIn.META, DateRole.MODIFIED),
    )
    assert published.value == datetime(2024, 11, 12, tzinfo=UTC)
    assert refused(published) == [AFTER_CHANGED]


def test_the_fields_of_a_row_beat_every_guess() -> None:
    """The operator mapped them."""
    published, _ = decide(
        candidate("2024-11-10 08:00:00", FoundIn.RECORD),
        candidate("2024-11-12", FoundIn.JSON_LD),
        candidate("12 November 2024"),
    )
    assert published.value == datetime(2024, 11, 10, 8, tzinfo=UTC)


def test_a_feed_dates_a_page_that_does_not_date_itself() -> None:
    """And gives way to one that does."""
    feed = candidate("Sat, 16 Nov 2024 08:30:00 GMT", FoundIn.FEED)
    alone, _ = decide(feed)
    beside, _ = decide(feed, candidate("14 November 2024"))
    assert alone.value == datetime(2024, 11, 16, 8, 30, tzinfo=UTC)
    assert beside.value == datetime(2024, 11, 14, tzinfo=UTC)


def test_last_modified_is_the_last_resort() -> None:
    """Any other change beats it, even a coarser one."""
    header = candidate("Mon, 18 Nov 2024 08:30:00 GMT", FoundIn.HTTP, DateRole.MODIFIED)
    _, alone = decide(header)
    _, beside = decide(header, candidate("2024-11-17", FoundIn.META, DateRole.MODIFIED))
    assert alone.value == datetime(2024, 11, 18, 8, 30, tzinfo=UTC)
    assert beside.value == datetime(2024, 11, 17, tzinfo=UTC)


def test_last_modified_at_the_moment_of_fetching_is_no_change() -> None:
    """The server made the page then."""
    _, modified = decide(candidate("Tue, 31 Dec 2024 23:59:00 GMT", FoundIn.HTTP, DateRole.MODIFIED))
    assert (modified.value, refused(modified)) == (None, [JUST_MADE])


def test_the_first_day_of_computer_time_is_no_date() -> None:
    """It is what a system writes that has none."""
    published, _ = decide(candidate("1970-01-01T00:00:00Z", FoundIn.META))
    assert (published.value, refused(published)) == (None, [PLACEHOLDER])


def test_a_month_in_the_address_alone_is_no_date() -> None:
    """It only bears out others."""
    published, _ = decide(candidate("2024-11", FoundIn.URL))
    assert published.value is None


def decide_fetched(text: str, language: str, door: Door = Door.URL, found_in: FoundIn = FoundIn.LINE) -> Dated:
    """Decide by one line of a document that came in by a door at half past noon on the second of January 2025."""
    origin = replace(ORIGIN, door=door, fetched_at=datetime(2025, 1, 2, 12, 30, 40, tzinfo=UTC))
    clean = CleanArticle(origin, ("Text.",), dates=(candidate(text, found_in),))
    published, _ = decide_dates(clean, Rules(), language)
    return published


def test_hours_ago_count_back_from_fetching_to_the_minute() -> None:
    """The time of fetching is absolute, so the offset is given; but an age is a vague thing."""
    published = decide_fetched("2 hours ago", "en")
    assert published.value == datetime(2025, 1, 2, 10, 30, tzinfo=UTC)
    assert published.evidence is not None
    assert (published.evidence.precision, published.evidence.offset) == (Precision.MINUTE, Offset.GIVEN)
    assert published.evidence.confidence < 0.7


@pytest.mark.parametrize(("text", "day"), [("3 days ago", 30), ("Yesterday", 1), ("Today", 2)])
def test_days_ago_are_days(text: str, day: int) -> None:
    """No time of day is made up."""
    published = decide_fetched(text, "en")
    assert published.evidence is not None
    assert (published.value and published.value.day, published.evidence.precision) == (day, Precision.DAY)


@pytest.mark.parametrize("door", [Door.INBOX, Door.FILES, Door.JSONL, Door.CSV, Door.KAFKA])
def test_an_age_in_a_file_means_nothing(door: Door) -> None:
    """A file does not say when it was saved."""
    published = decide_fetched("2 hours ago", "en", door)
    assert (published.value, refused(published)) == (None, [RELATIVE])


def test_an_age_that_no_line_prints_is_none() -> None:
    """A feed's or an address's field holds a date or nothing."""
    assert decide_fetched("2 hours ago", "en", found_in=FoundIn.FEED).value is None


def decide_removed(*removed: str, dates: tuple[DateCandidate, ...], language: str = "en") -> tuple[Dated, Dated]:
    """Decide the dates of a text that had these lines beside the ones with a full date."""
    lines = tuple(Removed(text, "und-date-line") for text in removed)
    return decide_dates(CleanArticle(ORIGIN, ("Text.",), dates=dates, removed=lines), Rules(), language)


@pytest.mark.parametrize(
    ("language", "published", "line", "changed"),
    [
        ("ja", "2024/3/25 10:00", "3/25 15:31 更新", (3, 25, 15, 31)),
        ("en", "25.03.2024 12:00", "25.03.2024 12:00 -> 14:22", (3, 25, 14, 22)),
        ("en", "25 March 2024, 12:00", "Updated March 26, 14:22", (3, 26, 14, 22)),
        ("en", "25 March 2024 12:00", "Published 25 March 2024 12:00, updated 14:22", (3, 25, 14, 22)),
    ],
)
def test_a_change_without_a_year_is_counted_from_the_publication(
    language: str, published: str, line: str, changed: tuple[int, int, int, int]
) -> None:
    """It happened in the year, and on the day, that stand beside it."""
    _, modified = decide_removed(line, dates=(candidate(published),), language=language)
    assert modified.value == datetime(2024, *changed, tzinfo=UTC)


@pytest.mark.parametrize(
    "line", ["Updated 09:10", "Updated 3 January, 14:22", "Updated 2 hours ago", "Live updates 14:22"]
)
def test_a_change_without_a_year_that_cannot_follow_the_publication_is_none(line: str) -> None:
    """Before it, months away, or no moment at all."""
    _, modified = decide_removed(line, dates=(candidate("25 March 2024, 12:00"),))
    assert modified.value is None


def test_the_zone_behind_a_date_counts_even_where_a_rule_cut_the_date_out_without_it() -> None:
    """The removed line still has it."""
    published, _ = decide_removed("14/03/2024 08:30 GMT+7", dates=(candidate("14/03/2024 08:30"),), language="vi")
    assert published.value == datetime(2024, 3, 14, 1, 30, tzinfo=UTC)
