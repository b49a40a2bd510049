"""Month names of many languages, and the calendars besides the Gregorian that news prints: Jalali and Buddhist."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

_ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_EXTRA = {
    "ar": (
        ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز",
         "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
        ("جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
        ("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
        ("يناير", "فبراير", "مارس", "ابريل", "مايو", "يونيه", "يوليه", "اغسطس", "سبتمبر", "اكتوبر", "نوفمبر", "ديسمبر"),
    ),
    "lv": (
        ("janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā", "jūlijā",
         "augustā", "septembrī", "oktobrī", "novembrī", "decembrī"),
    ),
    "fa": (("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),),
    "sr": (("јануар", "фебруар", "март", "април", "мај", "јун", "јул", "август",
            "септембар", "октобар", "новембар", "децембар"),),
}  # fmt: skip
_COMMON = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it lt lv nb nl pl pt ro ru sk sl sr sv th tr uk ur vi"
)
_BUDDHIST_YEARS = range(2400, 2700)
_BUDDHIST_SHIFT = 543


@cache
def month_names(language: str) -> dict[str, int]:
    """Give the month names and abbreviations of a language, folded, with the month's number; English ones always.

    For `und` the names of all the languages that news is commonly in, except those that mean two different months.

    >>> month_names("fr")["novembre"], month_names("und")["novembre"], "listopad" in month_names("und")
    (11, 11, False)
    """
    if language != "und":
        return _month_names(language)
    meanings: dict[str, set[int]] = {}
    for code in _COMMON.split():
        for name, number in _month_names(code).items():
            if name.isascii() and len(name) < 3:  # a word in some other language
                continue
            meanings.setdefault(name, set()).add(number)
    return {name: next(iter(numbers)) for name, numbers in meanings.items() if len(numbers) == 1}


def _month_names(language: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for code in ("en", _locale_code(language)):
        for number, month in enumerate(_ENGLISH_MONTHS, start=1):
            for name in _locale(code).get(month, ()):
                names[fold(name)] = number
    names["sept"] = 9
    for months in _EXTRA.get(language, ()):
        names |= {fold(name): number for number, name in enumerate(months, start=1)}
    return {name: number for name, number in names.items() if len(name) > 1 and not name[0].isdecimal()}


def plain(text: str) -> str:
    """Strip what does not matter in a printed date: accents, vowel marks, invisible characters, odd widths.

    >>> plain("Mis à jour\u200f １６")
    'Mis a jour 16'
    """
    kept = (c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", "".join(kept))


def fold(word: str) -> str:
    """Fold a month's name: case, accents and dots do not matter."""
    return plain(word).casefold().replace(".", "").strip()


@cache
def writes_day_first(language: str) -> bool:
    """Tell whether 03/04 is the third of April in a language. English does both, East Asia and Hungary neither."""
    return (
        language.partition("-")[0] not in ("en", "fil") and _locale(_locale_code(language)).get("date_order") == "DMY"
    )


def gregorian(year: int, month: int, day: int, *, language: str = "und") -> date | None:
    """Give the date, shifting Buddhist years in Thai and Jalali years in Persian; None if there is no such day.

    >>> gregorian(2567, 11, 16, language="th"), gregorian(1403, 8, 26, language="fa"), gregorian(2024, 2, 30)
    (datetime.date(2024, 11, 16), datetime.date(2024, 11, 16), None)
    """
    try:
        if language == "th" and year in _BUDDHIST_YEARS:
            return date(year - _BUDDHIST_SHIFT, month, day)
        if language in ("fa", "ps", "ckb") and 1300 <= year < 1500:
            return _from_jalali(year, month, day)
        return date(year, month, day) if year >= 1600 else None
    except ValueError:
        return None


def _from_jalali(year: int, month: int, day: int) -> date:
    """Convert by the 33-year cycle, exact for the years 1178 to 1633 of the Jalali calendar."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError("no such day in the Jalali calendar")
    years = year + 1595
    days = -355_668 + 365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return date.fromordinal(days - 365)


def _locale_code(language: str) -> str:
    return language.partition("-")[0]


@cache
def _locale(code: str) -> dict[str, Any]:
    if not code.isidentifier():
        return {}
    try:
        info: dict[str, Any] = import_module(f"dateparser.data.date_translation_data.{code}").info
    except ModuleNotFoundError:
        return {}
    return info
