"""Dates are read as they are printed, in many languages, digits and calendars."""

from datetime import date, time

import pytest

from newsdex.enrich.date_grammar import explain_no_date, read_dates
from newsdex.records import DateRole, Precision

DAY = date(2024, 11, 16)


@pytest.mark.parametrize(
    ("language", "text", "clock"),
    [
        ("en", "Saturday 16 November 2024 | 00:16", time(0, 16)),
        ("en", "Nov 16, 2024 5:00 PM", time(17)),
        ("en", "Nov. 16th, 2024 at 6 p.m. Eastern time", time(18)),
        ("en", "6:30 PM EST, Sat November 16, 2024", time(18, 30)),
        ("en", "Sat Nov 16 16:32:27 PST 2024", time(16, 32, 27)),
        ("en", "2024-11-16T00:16:00.123+02:00", time(0, 16)),
        ("fr", "Publié le 16 novembre 2024 à 08h30", time(8, 30)),
        ("de", "16.11.2024 08:30 Uhr", time(8, 30)),
        ("it", "16 Novembre 2024 alle 8.30", time(8, 30)),
        ("pt", "16 de novembro de 2024 às 08h30", time(8, 30)),
        ("hu", "2024. november 16. 08:30", time(8, 30)),
        ("pl", "16 listopada 2024, 8:30", time(8, 30)),
        ("ru", "08:30, 16 ноября 2024", time(8, 30)),
        ("el", "16 Νοεμβρίου 2024, 08:30 μ.μ.", time(20, 30)),
        ("ar", "16/11/2024 06:12 م (توقيت مكة المكرمة)", time(18, 12)),
        ("ar", "١٦ تشرين الثاني ٢٠٢٤ - ٠٨:٣٠", time(8, 30)),
        ("fa", "شنبه ۲۶ آبان ۱۴۰۳ - ۱۴:۳۰", time(14, 30)),
        ("hi", "१६ नवंबर २०२४, ०८:३० IST", time(8, 30)),
        ("th", "16 พ.ย. 2567 เวลา 08:30 น.", time(8, 30)),
        ("zh-Hans", "2024年11月16日 08:30", time(8, 30)),
        ("ko", "2024.11.16. 오후 3:20", time(15, 20)),
        ("vi", "Thứ bảy, 16/11/2024, 08:30 (GMT+7)", time(8, 30)),
        ("vi", "ngày 16 tháng 11 năm 2024", None),
        ("lv", "2024. gada 16. novembris, 8:30", time(8, 30)),
        ("kk", "2024 жылғы 16 қараша, 8:30", time(8, 30)),
        ("ar", "16 تشرين الثاني/نوفمبر 2024 - 08:30", time(8, 30)),
        ("es", "16 nov 2024 - 08:30CEST", time(8, 30)),
        ("ja", "2024年11月16日 8時30分更新", time(8, 30)),
        ("en", "20241116", None),
    ],
)
def test_a_printed_date_is_read(language: str, text: str, clock: time | None) -> None:
    """Day, month, year and the time beside them."""
    (printed,) = read_dates(text, language=language)
    assert (printed.days[0] if DAY not in printed.days else DAY, printed.clock) == (DAY, clock)


@pytest.mark.parametrize(
    "text",
    ["Posted Wednesday, 4:30 p.m.", "2 hours ago", "16 November, 08:30", "yesterday", "31 February 2024", "May 5"],
)
def test_what_is_no_full_date_is_none(text: str) -> None:
    """A weekday, an age and a day without a year are no dates."""
    assert read_dates(text, language="en") == ()


def test_one_line_may_hold_the_publication_and_the_change() -> None:
    """The words before each date say which is which, whatever the order."""
    line = "Updated: 21-04-2025 19:32 IST | Created: 21-04-2025 19:11 IST"
    assert [(d.role, d.clock) for d in read_dates(line, language="en")] == [
        (DateRole.MODIFIED, time(19, 32)),
        (DateRole.PUBLISHED, time(19, 11)),
    ]


def test_a_month_alone_is_a_date_of_month_precision() -> None:
    """It is not made into a day."""
    (printed,) = read_dates("November 2024", language="en")
    assert printed.precision is Precision.MONTH


def test_an_unsettled_order_gives_both_days() -> None:
    """Whoever knows the page decides."""
    assert read_dates("03/04/2024")[0].days == (date(2024, 4, 3), date(2024, 3, 4))


def test_french_and_is_no_time_zone() -> None:
    """`et` is a word; `ET` is Eastern Time."""
    (first, _) = read_dates("Publié le 16 novembre 2024 à 08h30 et mis à jour le 17 novembre 2024", language="fr")
    assert first.zone is None


@pytest.mark.parametrize(
    ("text", "why"), [("2 hours ago", "relative"), ("16 November", "no year"), ("Monday", "no day")]
)
def test_a_line_without_a_date_says_why(text: str, why: str) -> None:
    """The reason is kept as evidence."""
    assert why in explain_no_date(text)
