"""Reading the dates printed on one line, in any language: what was printed, not yet what it means for the article.

The line is a date line already (a rule or the markup says so): prose is never read. Month names come from dateparser's
locale tables, for the article's language and for English. Nothing is invented: no year, no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from newsdex.enrich.calendars import fold, gregorian, month_names, plain
from newsdex.enrich.zones import find_zone
from newsdex.records import DateRole, Precision

_LONGEST_LINE = 300
_UPDATED = (
    "updat|modif|revised|corrected|aktualis|aktualiz|geändert|bijgewerkt|gewijzigd|mise? à jour|actualiz|atualiz"
    "|aggiorna|uppdater|oppdater|opdater|ændret|päivitet|frissít|güncelle|обновл|изменен|оновлен|актуализ|ажурира|ενημέρωση"
    "|تحديث|تعديل|به.?روز|ویرایش|עודכן|עדכון|更新|修改|수정|갱신|업데이트"
    "|diperbarui|diubah|dikemas|cập nhật|अपडेट|আপডেট|แก้ไข|อัปเดต"
    r"|zmieniono|izmijenjeno|posodobljen|ažurira|módos|\bmaj\b|\bstand\b"
)
_PUBLISHED = (
    "publi|posted|created|release|erschienen|veröffentlich|geplaatst|опубл|создан|размещ|оприлюдн|نشر|انتشار|发布|發布|掲載|公開|配信"
    "|입력|등록|승인|julkaist|objav|közzét|yayın|giriş|terbit|tayang|đăng|प्रकाशित|প্রকাশ|เผยแพร่|δημοσίευση|פורסם|first"
)
_MARKS = re.compile(f"(?P<updated>{plain(_UPDATED)})|(?P<published>{plain(_PUBLISHED)})", re.I)
_FILLER = r"(?:(?:de|del|of|di|da|den|du|el|la|nam|anul|ko|m|พศ|พ\.ศ\.?|b\.e\.)\s+)?"
_ORDINAL = r"(?:st|nd|rd|th|er|eme|ste|de|go|го|[ºª°.])?"
_YEAR_WORD = r"(?:gada|g\.|жылғы|жылы|жыл|ж\.|m\.)"
_PM = r"p\.?\s?m\.?|م|مساء|بعدازظهر|بعد از ظهر|ب\.?ظ|오후|下午|午後|晚上|μ\.?μ\.?"
_AM = r"a\.?\s?m\.?|ص|صباحا|قبل از ظهر|ق\.?ظ|오전|上午|午前|凌晨|早上|π\.?μ\.?"
_TIME = re.compile(
    rf"(?<![\d:.])(?:(?P<pre_pm>오후|下午|午後|晚上)|(?P<pre_am>오전|上午|午前|凌晨|早上))?\s*"
    rf"(?:(?P<hour>\d{{1,2}})(?:\s?[:：h時时시点點]\s?|\.(?=\d\d(?!\d|\.)))(?P<minute>\d{{2}})(?!\d)"
    rf"(?:[:.분分]\s?(?P<second>\d{{2}})(?!\d)(?:[.,]\d{{1,9}})?)?[분分秒]?|(?P<bare>\d{{1,2}})(?=\s?(?:[ap]\.?m\b|uhr\b|h\b|[時时시]|点(?!\d))))"
    rf"(?:\s*(?:uhr|h|[時时시点])(?![^\W\d_]))?\s*(?:(?P<pm>{_PM})|(?P<am>{_AM}))?(?:(?![^\W\d_]{{2}})|(?<=[分秒])|(?=(?-i:[A-Z]{{2,5}})(?!\w)))",
    re.I,
)
_EPOCH = re.compile(r"\s*(\d{10})(?:\d{3})?\s*")
_WORD = re.compile(r"[^\W\d_]{2}")
_WEEKDAY_OR_WORDS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Printed:
    """A date as printed: one day, or for 03/04/2024 two (`days`: day first, then month first), and the time beside it.

    `role` is what words beside it claim, None without words. `zone` is None where none is printed.
    """

    days: tuple[date, ...]
    precision: Precision
    clock: time | None = None
    zone: tzinfo | None = None
    role: DateRole | None = None


def read_dates(text: str, *, language: str = "und", publisher_zone: str | None = None) -> tuple[Printed, ...]:
    """Read the dates on a line, in order.

    >>> [(d.days[0].isoformat(), str(d.clock), d.role) for d in read_dates("Updated: 21-04-2025 19:32 IST")]
    [('2025-04-21', '19:32:00', <DateRole.MODIFIED: 'modified'>)]
    >>> read_dates("Posted Wednesday, 4:30 p.m.")
    ()
    """
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        return (_from_epoch(int(epoch.group(1))),)
    line = plain(text[:_LONGEST_LINE])
    spans = sorted(_find_spans(line, language), key=lambda span: span[0])
    printed = []
    for number, (start, end, days, precision) in enumerate(spans):
        before = spans[number - 1][1] if number else 0
        after = spans[number + 1][0] if number + 1 < len(spans) else len(line)
        role = read_role(line[before:start], _words_after(line[end:]) if number + 1 == len(spans) else "")
        clock, zone = None, None
        if precision is Precision.DAY:
            clock, zone = _clock(
                line[start:after], line[end:after], line[before:start], language, publisher_zone, first=not number
            )
        printed.append(Printed(days, Precision.MINUTE if clock else precision, clock, zone, role))
    return tuple(printed)


def read_day_and_month(text: str, language: str) -> set[tuple[int, int]]:
    """Read days without a year, as datelines have them: (month, day).

    >>> read_day_and_month("BELLE TERRE, La., April 3", "en")
    {(4, 3)}
    """
    line, names = plain(text[:_LONGEST_LINE]), month_names(language)
    found = (match.groupdict() for pattern in _day_and_month(language) for match in pattern.finditer(line))
    return {(names[fold(parts["month"])], int(parts["day"])) for parts in found}


def explain_no_date(text: str) -> str:
    """Say why a line that should hold a date holds none."""
    if re.search(r"\b(?:ago|il y a|hace|vor \d|назад|minutes?|hours?)\b|前$|전$|منذ", plain(text), re.I):
        return "relative to a moment nobody knows"
    return "no year" if _WEEKDAY_OR_WORDS.search(text) else "no day"


def _find_spans(line: str, language: str) -> Iterator[tuple[int, int, tuple[date, ...], Precision]]:
    taken: list[tuple[int, int]] = []
    for pattern in _patterns(language) if _WORD.search(line.replace(".", "")) else _NUMERIC:
        for match in pattern.finditer(line):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))  # 31 February is no date, and no February either
            parts = match.groupdict()
            days = _days(parts, language)
            if days:
                yield start, end, days, Precision.DAY if parts.get("day") or parts.get("a") else Precision.MONTH


def _days(parts: dict[str, str | None], language: str) -> tuple[date, ...]:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        readings = [(second, first)] if parts["mark"] == "." else [(second, first), (first, second)]
        days = [gregorian(year, month, day, language=language) for month, day in readings]
        return tuple(dict.fromkeys(day for day in days if day is not None))
    named = parts.get("month") or ""
    month = int(named) if named.isdecimal() else month_names(language)[fold(named)]
    if (again := parts.get("again")) and month_names(language)[fold(again)] != month:
        return ()
    day = gregorian(year, month, int(parts.get("day") or 1), language=language)
    return () if day is None else (day,)


def _clock(
    whole: str, tail: str, head: str, language: str, publisher_zone: str | None, *, first: bool
) -> tuple[time | None, tzinfo | None]:
    for text in (tail, head if first else "", whole):
        clock, zone = read_clock(text, language, publisher_zone)
        if clock is not None:
            behind = text is head and zone is None  # 08:30 16/11/2024 (GMT+7)
            return clock, find_zone(tail, language=language, publisher_zone=publisher_zone) if behind else zone
    return None, None


def read_clock(text: str, language: str, publisher_zone: str | None = None) -> tuple[time | None, tzinfo | None]:
    """Read the first time on a line, and the zone printed right behind it.

    >>> read_clock("updated 14:22 GMT", "en")
    (datetime.time(14, 22), datetime.timezone.utc)
    """
    for match in _TIME.finditer(text):
        clock = _time(match)
        if clock is not None:
            return clock, find_zone(text[match.end() :], language=language, publisher_zone=publisher_zone)
    return None, None


def _words_after(rest: str) -> str:
    """Give what stands behind a date, up to the second time: words before that one speak of it."""
    times = list(_TIME.finditer(rest))
    return rest[: times[0].end()] if len(times) > 1 else rest


def _time(match: re.Match[str]) -> time | None:
    parts = match.groupdict()
    hour = int(parts["hour"] or parts["bare"])
    if (parts["pm"] or parts["pre_pm"]) and hour < 12:
        hour += 12
    elif (parts["am"] or parts["pre_am"]) and hour == 12:
        hour = 0
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def read_role(before: str, after: str) -> DateRole | None:
    """Tell what the words before a date, or else those after it, claim it to be.

    >>> read_role("Last updated on ", ""), read_role("", " posted by Jane Roe")
    (<DateRole.MODIFIED: 'modified'>, <DateRole.PUBLISHED: 'published'>)
    """
    marks = list(_MARKS.finditer(before))
    mark = marks[-1] if marks else _MARKS.search(after)
    if mark is None:
        return None
    return DateRole.MODIFIED if mark.group("updated") else DateRole.PUBLISHED


def _from_epoch(seconds: int) -> Printed:
    moment = datetime.fromtimestamp(seconds, UTC)
    return Printed((moment.date(),), Precision.MINUTE, moment.time(), UTC)


_ISO, _TOGETHER, _CJK, _YEAR_FIRST, _YEAR_LAST, _SHORT_YEAR, _ISO_MONTH, _CJK_MONTH = _NUMERIC = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]",
        r"(?<!\d)(?P<year>\d{4})\s?[./]\s?(?P<month>\d{1,2})\s?[./]\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<![\d.])(?P<a>\d{1,2})\s?(?P<mark>[./|-])\s?(?P<b>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d.])(?P<a>\d{1,2})(?P<mark>\.)(?P<b>\d{1,2})\.(?P<year>[0-3]\d)(?![\d.])",
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})(?![-\d])",
        r"(?<!\d)(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]",
    )
)


@lru_cache(maxsize=128)
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """List the ways to print a date, the surest first; each span of the line is read once."""
    month = _month(language)
    year = r"(?P<year>\d{4})(?!\d)"
    clock = r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?(?:\s[A-Z]{2,5}|\s[+-]\d{4})?"
    day_first, month_first, year_first, year_and_day, year_behind_clock, month_only = (
        re.compile(pattern, re.I)
        for pattern in (
            rf"(?<!\d)(?P<day>\d{{1,2}})\s?{_ORDINAL}[\s,./-]*{_FILLER}{month}[.,]?[\s./-]*{_FILLER}{year}",
            rf"{month}\.?\s*(?P<day>\d{{1,2}}){_ORDINAL}(?![\d:]),?\s*{_FILLER}{year}",
            rf"(?<!\d)(?P<year>\d{{4}})(?:[.,/-]|\s?m\.|ko)?\s*{month}\.?[\s/-]*(?P<day>\d{{1,2}})(?![\d:])",
            rf"(?<!\d)(?P<year>\d{{4}})(?:\.?\s?{_YEAR_WORD})[,.]?\s*(?P<day>\d{{1,2}})\s?{_ORDINAL}\s*{month}",
            rf"{month}\.?\s+(?P<day>\d{{1,2}}),?\s+{clock}\s+{year}",
            rf"{month}[.,]?\s*{_FILLER}{year}",
        )
    )
    named = (day_first, month_first, year_first, year_and_day, year_behind_clock)
    return (
        *(_ISO, _TOGETHER, _CJK, _YEAR_FIRST),
        *named,
        *(_YEAR_LAST, _SHORT_YEAR, month_only, _ISO_MONTH, _CJK_MONTH),
    )


@lru_cache(maxsize=128)
def _day_and_month(language: str) -> tuple[re.Pattern[str], ...]:
    month = _month(language)
    return (
        re.compile(rf"(?<!\d)(?P<day>\d{{1,2}}){_ORDINAL}\s+{_FILLER}{month}", re.I),
        re.compile(rf"{month}\.?\s+(?P<day>\d{{1,2}})(?!\d)", re.I),
    )


def _month(language: str) -> str:
    """Match a month's name, dots allowed between the letters' groups as in `พ.ย.`; and its other name behind a bar."""
    names = sorted(month_names(language), key=lambda name: (-len(name), name))
    dotted = [
        r"\.?".join(map(re.escape, name)) if len(name) <= 3 and not name.isascii() else re.escape(name)
        for name in names
    ]
    name = rf"(?:{'|'.join(dotted)})(?![^\W\d_])"
    return rf"(?<![^\W\d_])(?P<month>{name})(?:\s?[/(]\s?(?P<again>{name})\)?)?"
