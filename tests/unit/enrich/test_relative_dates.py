"""Ages are read on date lines, in many languages, and never in prose."""

from datetime import timedelta

import pytest

from newsdex.enrich.relative_dates import read_relative
from newsdex.records import DateRole, Precision

MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


@pytest.mark.parametrize(
    ("language", "line", "span"),
    [
        ("en", "2 hours ago", 2 * HOURS),
        ("en", "an hour ago", HOURS),
        ("en", "Posted 5 mins. ago", 5 * MINUTES),
        ("es", "hace 3 horas", 3 * HOURS),
        ("es", "Ayer", DAYS),
        ("pt", "há 2 dias", 2 * DAYS),
        ("pt", "2 horas atrás", 2 * HOURS),
        ("fr", "Publié il y a 20 minutes", 20 * MINUTES),
        ("it", "3 ore fa", 3 * HOURS),
        ("ro", "acum 20 de minute", 20 * MINUTES),
        ("de", "vor 5 Minuten", 5 * MINUTES),
        ("de", "vor einem Tag", DAYS),
        ("nl", "3 uur geleden", 3 * HOURS),
        ("sv", "för 3 timmar sedan", 3 * HOURS),
        ("da", "for 3 timer siden", 3 * HOURS),
        ("nb", "i går", DAYS),
        ("fi", "3 tuntia sitten", 3 * HOURS),
        ("pl", "5 godzin temu", 5 * HOURS),
        ("cs", "před 3 hodinami", 3 * HOURS),
        ("sk", "pred 2 dňami", 2 * DAYS),
        ("hr", "prije 3 sata", 3 * HOURS),
        ("sr", "пре 3 сата", 3 * HOURS),
        ("bg", "преди 2 часа", 2 * HOURS),
        ("ru", "5 часов назад", 5 * HOURS),
        ("ru", "час назад", HOURS),
        ("uk", "2 години тому", 2 * HOURS),
        ("el", "πριν 2 ώρες", 2 * HOURS),
        ("hu", "3 órája", 3 * HOURS),
        ("tr", "3 saat önce", 3 * HOURS),
        ("ar", "قبل ساعتين", 2 * HOURS),
        ("ar", "منذ ٣ ساعات", 3 * HOURS),
        ("fa", "۳ ساعت پیش", 3 * HOURS),
        ("ur", "3 گھنٹے قبل", 3 * HOURS),
        ("he", "לפני שעתיים", 2 * HOURS),
        ("hi", "२ दिन पहले", 2 * DAYS),
        ("bn", "৩ ঘণ্টা আগে", 3 * HOURS),
        ("id", "3 jam yang lalu", 3 * HOURS),
        ("ms", "2 jam lalu", 2 * HOURS),
        ("vi", "3 giờ trước", 3 * HOURS),
        ("th", "3 ชั่วโมงที่แล้ว", 3 * HOURS),
        ("zh-Hans", "3小时前", 3 * HOURS),
        ("zh-Hant", "5 分鐘前", 5 * MINUTES),
        ("ja", "3時間前", 3 * HOURS),
        ("ko", "3시간 전", 3 * HOURS),
        ("fil", "2 oras ang nakalipas", 2 * HOURS),
        ("es", "2 hours ago", 2 * HOURS),
    ],
)
def test_an_age_is_read(language: str, line: str, span: timedelta) -> None:
    """In the article's language, or in English."""
    ago = read_relative(line, language)
    assert ago is not None
    assert (ago.span, ago.precision) == (span, Precision.DAY if span >= DAYS else Precision.MINUTE)


@pytest.mark.parametrize(
    "line",
    [
        "5 min read",
        "2 hours ago the bridge was closed because of the storm, police said on Monday",
        "The bridge closed 2 hours ago, police said.",
        "Yesterday the council closed the bridge",
        "200 days ago",
        "16 November",
        "",
    ],
)
def test_what_is_no_age_is_none(line: str) -> None:
    """A line has to say hardly anything else, and an old age is too vague to be a date."""
    assert read_relative(line, "en") is None


def test_words_beside_an_age_say_what_it_is() -> None:
    """As beside a date."""
    ago = read_relative("Last updated 2 hours ago", "en")
    assert ago is not None
    assert ago.role is DateRole.MODIFIED
