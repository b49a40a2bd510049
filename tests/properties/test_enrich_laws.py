"""What holds of enrichment for any input."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdex.enrich.date_grammar import read_dates
from newsdex.enrich.dates import decide_dates
from newsdex.enrich.fingerprint import canonicalize_url, content_hash, count_words
from newsdex.enrich.language import detect_language, load_detectors
from newsdex.extract.repair import repair
from newsdex.records import CleanArticle, DateCandidate, DateRole, FoundIn, Origin
from newsdex.rules import Rules

FETCHED = datetime(2025, 1, 1, tzinfo=UTC)
ORIGIN = Origin("x", FETCHED, "text/plain", "0" * 64)
DATE_PIECES = st.sampled_from(
    [
        *("2024", "2025", "16", "11", "31", "12", "9999", "0001-01-01", "1731975360", "۱۴۰۳", "آبان"),
        *("Nov", "May", "novembre", "年", "月", "日", "-", "/", ".", ":", " ", ", ", "(", ")"),
        *("T", "Z", "08:30", "pm", "م", "EST", "+14:00", "-12:00", "Updated", "ago"),
    ]
)
DATE_LINES = st.lists(DATE_PIECES, max_size=12).map("".join) | st.text(max_size=60)
DAMAGE = st.sampled_from(
    [
        *("&", "amp;", "lt;", "#38;", "<", ">", "b", "p", "br/", "/", '"', "'", " a=b"),
        *("\u00ad", "\u200b", "\u200c", "\u200d", "\r", "\n", "\x85", "\ud800", "\u00a0", "\u0301"),
        *("Ã", "©", "â€™", "e", "क", "می", "👩"),
    ]
)
LANGUAGES = st.sampled_from(["en", "fr", "fa", "th", "zh-Hans", "hu", "und"])


@settings(deadline=None)
@given(st.lists(st.tuples(DATE_LINES, st.sampled_from(DateRole), st.sampled_from(FoundIn)), max_size=4), LANGUAGES)
def test_no_date_is_over_a_day_after_fetching_and_none_is_naive(
    candidates: list[tuple[str, DateRole, FoundIn]], language: str
) -> None:
    """Whatever is printed; and a change is never before the day of publication."""
    clean = CleanArticle(ORIGIN, ("x",), dates=tuple(DateCandidate(*candidate) for candidate in candidates))
    published, modified = decide_dates(clean, Rules(), language)
    for dated in (published, modified):
        if dated.value is not None:
            assert dated.value.utcoffset() == timedelta()
            assert dated.value <= FETCHED + timedelta(days=1)
            assert dated.evidence is not None
            assert dated.evidence.refused is None
            day = dated.evidence.day
            assert day is None or abs(day - dated.value.date()) <= timedelta(days=1)


@given(st.integers(1900, 2024), st.integers(1, 12), st.integers(1, 28), st.integers(0, 23), st.integers(0, 59))
def test_an_iso_time_is_read_as_it_is(year: int, month: int, day: int, hour: int, minute: int) -> None:
    """The form that machines write has one meaning."""
    moment = datetime(year, month, day, hour, minute, tzinfo=UTC)
    (printed,) = read_dates(moment.isoformat())
    assert printed.clock is not None
    assert datetime.combine(printed.days[0], printed.clock, tzinfo=printed.zone) == moment


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Load first: it takes longer than any example may."""
    load_detectors()


@given(st.text(max_size=200), st.none() | st.text(max_size=12) | st.sampled_from(["sr", "zh-TW", "ru", "en-GB"]))
def test_a_language_is_always_answered_with_a_confidence(text: str, declared: str | None) -> None:
    """`und` is an answer; the same text has the same one."""
    language = detect_language(text, declared)
    assert language.code
    assert 0 <= language.confidence <= 1
    assert language == detect_language(text, declared)


@given(st.lists(DAMAGE, max_size=20).map("".join) | st.text(max_size=80))
def test_repair_is_idempotent(text: str) -> None:
    """Damage inside damage included."""
    assert repair(repair(text)) == repair(text)


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda path: "https://news.example/" + path))
def test_canonical_addresses_are_canonical(url: str) -> None:
    """Canonicalizing again changes nothing."""
    canonical = canonicalize_url(url)
    assert canonicalize_url(canonical) == canonical


@given(st.lists(st.text(max_size=40), max_size=4))
def test_every_text_has_a_hash_and_a_word_count(body: list[str]) -> None:
    """Lone surrogates and nothing at all included; white space between words does not matter."""
    assert len(content_hash(body)) == 32
    assert content_hash(body) == content_hash([f" {paragraph}\n" for paragraph in body])
    assert count_words(body) >= 0
