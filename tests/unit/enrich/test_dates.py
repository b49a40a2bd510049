"""The best witness decides, and a missing date is better than an invented one."""

from datetime import UTC, datetime

import pytest

from newsdex.enrich.dates import AFTER_FETCHED, BEFORE_PUBLISHED, OUTRANKED, UNSETTLED, decide_dates
from newsdex.records import CleanArticle, DateCandidate, Dated, DateRole, FoundIn, Offset, Origin, Precision
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
