"""How the pages say things: dates as finely as they are known, languages by name, thousands apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

from babel import Locale

from newsdex.records import Precision

_RIGHT_TO_LEFT = frozenset(
    {
        "ar",
        "arc",
        "az-Arab",
        "ckb",
        "dv",
        "fa",
        "ha-Arab",
        "he",
        "ks",
        "ku-Arab",
        "pa-Arab",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    }
)
_ENGLISH = Locale("en")

_FLAGS = {
    "offset_assumed": "time zone assumed",
    "mixed_languages": "mixed languages",
    "encoding_detected": "encoding guessed",
    "encoding_misdeclared": "encoding misdeclared",
    "mojibake_repaired": "text repaired",
    "undecodable_bytes": "bytes lost",
    "garbled_text": "garbled text",
}


def count(number: int) -> str:
    """Write a number.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,}"


def counted(number: int, thing: str) -> str:
    """Write a number of things.

    >>> counted(1, "article"), counted(2000, "article")
    ('1 article', '2,000 articles')
    """
    return (
        f"{number:,} {thing}"
        if number == 1
        else f"{number:,} {thing[:-1] + 'ies' if thing.endswith('y') else thing + 's'}"
    )


def printed_date(moment: str | None, precision: str | None = None, day: str | None = None) -> str:
    """Write when an article appeared, and no finer than its page said; `day` is the day where it was published.

    >>> printed_date("2023-06-20T00:00:00Z", "day"), printed_date("2023-06-01T00:00:00Z", "month")
    ('20 June 2023, day only', 'June 2023, month only')
    >>> printed_date("2024-11-19T00:16:00Z", "minute"), printed_date("2024-11-18T22:00:00Z", "day", "2024-11-19")
    ('19 November 2024, 00:16 UTC', '19 November 2024, day only')
    """
    if moment is None:
        return "no date"
    when = datetime.fromisoformat(moment).astimezone(UTC)
    where = date.fromisoformat(day) if day else when.date()
    if precision == Precision.MONTH:
        return f"{where:%B %Y}, month only"
    if precision == Precision.DAY:
        return f"{where.day} {where:%B %Y}, day only"
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def printed_time(moment: str | datetime | None) -> str:
    """Write a time to the minute.

    >>> printed_time("2026-11-22T08:05:59Z")
    '22 November 2026, 08:05 UTC'
    """
    if moment is None:
        return "never"
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    when = when.astimezone(UTC)
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def language_name(tag: str | None) -> str:
    """Say which language a BCP 47 tag means, in English; a tag that nobody knows stays as it is.

    >>> language_name("pt-BR"), language_name("zh-Hans"), language_name("und")
    ('Brazilian Portuguese', 'Simplified Chinese', 'not sure')
    """
    if tag in (None, "und"):
        return "not sure"
    names = _ENGLISH.languages
    plain = str(tag).replace("-", "_")
    language, *rest = plain.split("_")
    whole = names.get(plain)
    if whole is not None:
        return str(whole)
    if language not in names:
        return str(tag)
    further = [_ENGLISH.scripts.get(part.title()) or _ENGLISH.territories.get(part.upper()) or part for part in rest]
    return f"{names[language]} ({', '.join(further)})" if further else str(names[language])


def direction(tag: str | None) -> str:
    """Say which way a language is written, as HTML's `dir` wants it; `auto` where we are not sure of the language.

    >>> direction("fa"), direction("en-GB"), direction("und")
    ('rtl', 'ltr', 'auto')
    """
    if tag in (None, "und"):
        return "auto"
    parts = str(tag).split("-")
    return "rtl" if parts[0] in _RIGHT_TO_LEFT or "-".join(parts[:2]) in _RIGHT_TO_LEFT else "ltr"


def flag_name(flag: str) -> str:
    """Say what a quality flag means in two or three words."""
    return _FLAGS.get(flag, flag.replace("_", " "))
