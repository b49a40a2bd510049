"""Laws of cleaning, for any lines in any order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsdex.clean import clean
from newsdex.errors import Rejected
from newsdex.records import CleanArticle, ExtractedArticle, Origin, Paragraph
from newsdex.rules import all_rules, load_rules

RULES = load_rules(Path(__file__).parents[2] / "config")
ORIGIN = Origin("any", datetime(2026, 1, 1, tzinfo=UTC), "text/plain", "")
FURNITURE = sorted(
    {line for rule in all_rules(RULES) for example in rule.examples for line in example.text.splitlines()}
)
PROSE = [
    "The council met on Tuesday and heard what the engineers had found under the bridge.",
    "“We waited five years,” said the miller, who had counted them on the wall of his shed.",
    "河边的老水车十二日重新转动，村民在河边站了一个上午。",
    "Die Stadt will die alte Brücke im Frühjahr wieder für den Verkehr freigeben.",
    "What comes next",
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(PROSE),
        st.sampled_from(PROSE),
        st.sampled_from(FURNITURE),
        st.text("ab .,:|-7", min_size=1, max_size=30),
    ),
    min_size=1,
    max_size=14,
)
GENTLE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cleaned(lines: list[str]) -> CleanArticle | None:
    paragraphs = tuple(Paragraph(line.strip()) for line in lines if line.strip())
    try:
        return clean(ExtractedArticle(ORIGIN, paragraphs), RULES)
    except Rejected:
        return None


def letters(*texts: str | None) -> Counter[str]:
    return Counter("".join("".join(text.split()) for text in texts if text))


@given(LINES)
@GENTLE
def test_cleaning_partitions_the_text(lines: list[str]) -> None:
    """Every character of the document is in the headline, the standfirst, the body or what was removed, once."""
    article = cleaned(lines)
    if article is not None:
        pieces = (article.headline, article.standfirst, *article.body, *(piece.text for piece in article.removed))
        assert letters(*pieces) == letters(*lines)


@given(LINES)
@GENTLE
def test_cleaning_twice_is_cleaning_once(lines: list[str]) -> None:
    """A clean article has no furniture left to take."""
    once = cleaned(lines)
    if once is not None:
        paragraphs = tuple(Paragraph(text) for text in once.body)
        again = clean(ExtractedArticle(ORIGIN, paragraphs, headline=once.headline, standfirst=once.standfirst), RULES)
        assert again.body == once.body


@given(LINES)
@GENTLE
def test_cleaning_is_the_same_each_time(lines: list[str]) -> None:
    """The same document gives the same article."""
    assert cleaned(lines) == cleaned(lines)
