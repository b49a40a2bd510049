"""An agency is credited where it signs, not where it is quoted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from newsdex.enrich.agencies import find_credits
from newsdex.records import Caption, CleanArticle, Origin, Removed
from newsdex.rules import Agency, Example, Publisher, Rule, Rules

AGENCIES = (
    Agency(name="Reuters", aliases=("رويترز",)),
    Agency(name="Xinhua", aliases=("新华社", "Xinhua News Agency")),
    Agency(name="PTI"),
    Agency(name="AFP"),
    Agency(name="AP"),
    Agency(name="PA Media", aliases=("PA",)),
    Agency(name="DPA", aliases=("dpa",)),
)
BANNER = Rule(
    id="copier-banner",
    match="copied by Copier",
    why="the aggregator's banner",
    examples=(Example(text="Copied by Copier", removed=True), Example(text="A story", removed=False)),
)
RULES = Rules(agencies=AGENCIES, publishers=(Publisher(id="copier", name="Copier", aggregator=True, rules=(BANNER,)),))
REPORTED = "The leaders met in the old hall on Monday, Reuters reported."


def credited(*body: str, **fields: Any) -> list[tuple[str, str]]:
    """Give who is credited for an article, and by which rule."""
    origin = Origin("inbox/x.txt", datetime(2025, 1, 1, tzinfo=UTC), "text/plain", "0" * 64)
    clean = CleanArticle(origin, body or ("Text.",), **fields)
    return [(credit.agency, credit.rule) for credit in find_credits(clean, RULES)]


@pytest.mark.parametrize(
    ("fields", "credit"),
    [
        ({"dateline": "LIMA, Nov 16 (Xinhua)"}, ("Xinhua", "dateline")),
        ({"dateline": "新华社兰州11月16日电"}, ("Xinhua", "dateline")),
        ({"byline": "By Jane Roe, Reuters"}, ("Reuters", "byline")),
        ({"authors": ("AFP",)}, ("AFP", "byline")),
        ({"agencies": ("With inputs from PTI",)}, ("PTI", "credit-line")),
    ],
)
def test_an_agency_that_signs_is_credited(fields: dict[str, Any], credit: tuple[str, str]) -> None:
    """Dateline, byline, author and credit line, in any script."""
    assert credited(**fields) == [credit]


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ("PARIS (AFP) — The bridge is open.", "AFP"),
        ("The bridge is open. (Reuters)", "Reuters"),
        ("PTI SBK MRP", "PTI"),
        ("Die Brücke ist offen. (dpa)", "DPA"),
    ],
)
def test_an_agency_in_the_texts_own_dateline_or_sign_off_is_credited(body: str, agency: str) -> None:
    """Where cleaning left the signature in the body."""
    assert [name for name, _ in credited(body)] == [agency]


@pytest.mark.parametrize(
    "body",
    [
        "The talks were frank, Xinhua said.",
        "“We will rebuild,” the mayor told PTI.",
        "He spoke according to a statement released by the Xinhua state news agency.",
        "The company, which owns Reuters, was founded in 1851.",
        REPORTED,
    ],
)
def test_an_agency_that_is_quoted_is_not_credited(body: str) -> None:
    """A source inside the story is no supplier."""
    assert credited(body, "More text.") == []


def test_an_aggregators_copy_is_credited_to_the_report_it_names() -> None:
    """A copy does not say where it was copied, but its lead does."""
    assert credited(REPORTED, removed=(Removed("Copied by Copier", "copier-banner"),)) == [("Reuters", "reported")]


def test_a_signed_copy_that_quotes_a_rival_is_credited_to_its_signature_only() -> None:
    """The rival's report is a source."""
    removed = (Removed("Copied by Copier", "copier-banner"),)
    assert credited(REPORTED, dateline="BEIJING (AP)", removed=removed) == [("AP", "dateline")]


def test_a_photo_credit_credits_the_photo_only() -> None:
    """The caption keeps its credit."""
    assert credited(captions=(Caption("Two men shake hands.", "Xinhua"),)) == []


def test_news_agencies_in_general_name_none() -> None:
    """`Al Jazeera and news agencies` is no name."""
    assert credited(agencies=("Al Jazeera and news agencies",)) == []


def test_a_dateline_is_signed_in_its_brackets() -> None:
    """The state of Pennsylvania is no agency."""
    assert credited(dateline="HARRISBURG, PA (AP)") == [("AP", "dateline")]


def test_a_short_name_matches_in_its_own_capitals_only() -> None:
    """`ap` and `APEC` are not the Associated Press."""
    assert credited(byline="By Ap Jansen, APEC desk") == []
