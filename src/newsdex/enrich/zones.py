"""Time zones as pages print them: `+05:30`, `EDT`, `IST`, `МСК`, `توقيت مكة`, `heure de Paris`.

An abbreviation such as EST means its offset; a name such as `ET` means the zone, whose offset follows the date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = {
    "GMT": 0, "UTC": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "МСК": 3, "TRT": 3, "EAT": 3, "SAST": 2, "CAT": 2, "WAT": 1, "GST": 4, "PKT": 5, "NPT": 5.75,
    "WIB": 7, "WITA": 8, "WIT": 9, "ICT": 7, "SGT": 8, "MYT": 8, "PHT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
    "CLT": -4, "COT": -5,
}  # fmt: skip
_US = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_NAMED = {
    "EASTERN TIME": "America/New_York", "PACIFIC TIME": "America/Los_Angeles", "UK TIME": "Europe/London",
    "LONDON TIME": "Europe/London", "PARIS TIME": "Europe/Paris", "HEURE DE PARIS": "Europe/Paris",
    "BEIJING TIME": "Asia/Shanghai", "北京时间": "Asia/Shanghai", "北京時間": "Asia/Shanghai",
    "MOSCOW TIME": "Europe/Moscow",
    "ПО МОСКОВСКОМУ ВРЕМЕНИ": "Europe/Moscow", "ПО МОСКВЕ": "Europe/Moscow", "ЗА КИЄВОМ": "Europe/Kyiv",
    "توقيت مكة المكرمة": "Asia/Riyadh", "بتوقيت مكة": "Asia/Riyadh", "توقيت مكة": "Asia/Riyadh",
    "بتوقيت غرينتش": "UTC", "توقيت غرينتش": "UTC", "بتوقيت القاهرة": "Africa/Cairo", "به وقت تهران": "Asia/Tehran",
    "HORA DE MADRID": "Europe/Madrid", "HORARIO DE BRASILIA": "America/Sao_Paulo",
    "TSI": "Europe/Istanbul", "日本時間": "Asia/Tokyo",
}  # fmt: skip
_SHARED = {
    # first the meaning that holds unless the language or the publisher's zone says another
    "IST": ("Asia/Kolkata", {"he": "Asia/Jerusalem", "ga": "Europe/Dublin"}, {"Asia/Jerusalem", "Europe/Dublin"}),
    "CST": ("America/Chicago", {"zh": "Asia/Shanghai"}, {"Asia/Shanghai", "Asia/Taipei"}),
    "AST": ("America/Halifax", {"ar": "Asia/Riyadh"}, {"Asia/Riyadh"}),
}
_BEFORE = r"[\s,(\[|·]*"
_OFFSET = re.compile(
    rf"{_BEFORE}(?:(?:UTC|GMT)\s?)?([+\u2212-])(\d{{1,2}})(?::?(\d{{2}}))?(?![\d-])|Z\b|{_BEFORE}(?:UTC|GMT)\b"
)
_ABBREVIATION = re.compile(rf"{_BEFORE}({'|'.join([*_HOURS, *_SHARED, *_US])})(?!\w)")
_NAME = re.compile(rf"{_BEFORE}({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?!\w)", re.I)
_MONTH_FIRST = re.compile(
    r"(?<!\w)(?:ET|E[SD]T|CT|C[SD]T|MT|M[SD]T|PT|P[SD]T|AK[SD]T|HST|Eastern Time|Pacific Time)(?!\w)"
)


def find_zone(after: str, *, language: str = "und", publisher_zone: str | None = None) -> tzinfo | None:
    """Read the zone printed right after a time (`after` is the line from there on); None when none is.

    >>> find_zone(" (UTC+3)"), find_zone(" am. IST")
    (datetime.timezone(datetime.timedelta(seconds=10800)), None)
    """
    offset = _OFFSET.match(after)
    if offset is not None:
        return _fixed(offset)
    name = _NAME.match(after)
    if name is not None:
        return load_zone(_NAMED[name.group(1).upper()])
    abbreviation = _ABBREVIATION.match(after)
    if abbreviation is None:
        return None
    letters = abbreviation.group(1)
    if letters in _SHARED:
        usual, by_language, rivals = _SHARED[letters]
        if publisher_zone in rivals:
            return load_zone(publisher_zone)
        return load_zone(by_language.get(language.partition("-")[0], usual))
    return load_zone(_US[letters]) if letters in _US else timezone(timedelta(hours=_HOURS[letters]))


def cut_zone(after: str) -> str:
    """Cut out the zone that a line begins with, brackets and blanks before it included; empty when none is printed.

    >>> cut_zone(" (GMT+7) | Hà Nội"), cut_zone(" by Jane Roe")
    (' (GMT+7)', '')
    """
    found = _OFFSET.match(after) or _NAME.match(after) or _ABBREVIATION.match(after)
    if found is None:
        return ""
    closed = "(" in found.group() and after.startswith(")", found.end())
    return after[: found.end() + closed]


def writes_month_first(text: str) -> bool:
    """Tell whether a zone printed here is one of the United States', where 03/04 is the fourth of March."""
    return _MONTH_FIRST.search(text) is not None


@lru_cache(maxsize=256)
def load_zone(name: str | None) -> tzinfo | None:
    """Load an IANA zone; None when the name is none or unknown."""
    if name is None:
        return None
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def to_utc(moment: datetime) -> datetime | None:
    """Move an aware time to UTC; None outside the years a datetime can hold."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _fixed(match: re.Match[str]) -> tzinfo | None:
    sign, hours, minutes = match.groups()
    if sign is None:
        return UTC
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta > timedelta(hours=14):
        return None
    return timezone(delta if sign == "+" else -delta) if delta else UTC
