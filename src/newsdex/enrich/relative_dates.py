"""Ages instead of dates, as pages print them: `2 hours ago`, `hace 3 horas`, `3小时前`, `قبل ساعتين`, `yesterday`.

An age means nothing without the moment it was read at, and in prose it means another one; so only lines that say hardly
anything else are read, and whoever asks has to know when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from newsdex.enrich.calendars import plain
from newsdex.enrich.date_grammar import read_role
from newsdex.records import DateRole, Precision

RELATIVE = "relative to an unknown time"

_LONGEST_LINE = 60
_LONGEST_LABELS = 40
_LONGEST_TIME = 20
_SENTENCE_ENDS = (".", "!", "?", "。", "।", "؟", "…")
_MOST = {"minute": 600, "hour": 72, "day": 60}
_UNITS = {
    "minute": (timedelta(minutes=1), Precision.MINUTE),
    "hour": (timedelta(hours=1), Precision.MINUTE),
    "day": (timedelta(days=1), Precision.DAY),
}


@dataclass(frozen=True, slots=True)
class _Words:
    """How a language says that something is past: words before and after, units by their beginnings, whole phrases."""

    before: str
    after: str
    minute: str
    hour: str
    day: str
    one: str = ""
    yesterday: str = ""
    today: str = ""
    two: tuple[str, str, str] = ("", "", "")
    """The duals of minute, hour and day."""


# Alternatives are separated by blanks; `_` is a blank inside one, `*` any ending.
_WORDS = {
    "en": _Words("", "ago", "minute* min mins m", "hour* hr hrs h", "day* d", "a an one", "yesterday", "today"),
    "es": _Words("hace", "", "minuto* min", "hora* h", "dia* d", "un una", "ayer", "hoy"),
    "ca": _Words("fa", "", "minut* min", "hor* h", "dia* dies d", "un una", "ahir", "avui"),
    "pt": _Words("ha", "atras", "minuto* min", "hora* h", "dia* d", "um uma", "ontem", "hoje"),
    "fr": _Words("il_y_a", "", "minute* min", "heure* h", "jour* j", "un une", "hier", "aujourd'hui aujourd’hui"),
    "it": _Words("", "fa", "minut* min", "or* h", "giorn* g", "un un' un’ una", "ieri", "oggi"),
    "ro": _Words(
        *("acum in_urma_cu", "", "minut* min de_minut*", "or* h de_or*", "zi* de_zi*", "un o", "ieri", "azi astazi"),
    ),
    "de": _Words("vor", "", "minute* min min.", "stunde* std std. h", "tag* d", "einer einem", "gestern", "heute"),
    "nl": _Words("", "geleden", "minuten minuut min", "uur uren u", "dag* d", "een", "gisteren", "vandaag"),
    "sv": _Words("for", "sedan", "minut* min", "timm* h tim", "dag* d", "en", "igar i_gar", "idag i_dag"),
    "da": _Words("for", "siden", "minut* min min.", "time* t", "dag* d", "en et", "i_gar", "i_dag"),
    "nb": _Words("for", "siden", "minutt* min", "time* t", "dag* døgn d", "en ett et", "i_gar", "i_dag"),
    "fi": _Words("", "sitten", "minuutti* min", "tunti* h", "paiva* pv vrk", "", "eilen", "tanaan"),
    "et": _Words("", "tagasi", "minut* min", "tun* h", "paev* p", "", "eile", "tana"),
    "lv": _Words("pirms", "", "minut* min", "stund* h", "dien*", "", "vakar", "sodien"),
    "lt": _Words("pries", "", "minut* min", "valand* val", "dien* d", "", "vakar", "siandien"),
    "pl": _Words("", "temu", "minut* min", "godzin* godz", "dni* dzien dnia", "", "wczoraj", "dzis dzisiaj"),
    "cs": _Words("pred", "", "minut* min", "hodin* hod h", "dn* den", "", "vcera", "dnes"),
    "sk": _Words("pred", "", "minut* min", "hodin* hod h", "dn* den", "", "vcera", "dnes"),
    "sl": _Words("pred", "", "minut* min", "ur* h", "dn* dan", "", "vceraj", "danes"),
    "hr": _Words("prije pre", "", "minut* min", "sat* h", "dan*", "", "jucer jucher", "danas"),
    "sr": _Words(
        *("pre prije пре прије", "", "minut* min минут* мин", "sat* h сат*", "dan* дан*", "", "juce јуче"),
        "danas данас",
    ),
    "bg": _Words("преди", "", "минут* мин", "час* ч", "ден дни", "един една", "вчера", "днес"),
    "mk": _Words("пред", "", "минут* мин", "час*", "ден* дена", "еден една", "вчера", "денес"),
    "ru": _Words("", "назад", "минут* мин", "час* ч", "день дня дней дн", "", "вчера", "сегодня"),
    "uk": _Words("", "тому", "хвилин* хв", "годин* год", "день дні днів", "", "вчора", "сьогодні"),
    "be": _Words("", "таму", "хвілін* хв", "гадзін* гадз", "дзень дні дзен", "", "учора", "сення"),
    "el": _Words("πριν", "πριν", "λεπτ*", "ωρ*", "μερ* ημερ*", "ενα μια μιαμιση", "χθες χτες", "σημερα"),
    "hu": _Words(
        *("", "", "perce perccel_ezelott", "oraja oraval_ezelott", "napja nappal_ezelott", "egy", "tegnap", "ma"),
    ),
    "tr": _Words("", "once", "dakika dk", "saat sa", "gun", "bir", "dun", "bugun"),
    "az": _Words("", "evvel", "deqiqe", "saat", "gun", "bir", "dunen", "bugun"),
    "ar": _Words(
        *("منذ قبل", "مضت", "دقيقة دقائق", "ساعة ساعات", "يوم يوما أيام ايام", "", "أمس امس", "اليوم"),
        two=("دقيقتين", "ساعتين", "يومين"),
    ),
    "fa": _Words("", "پیش قبل", "دقیقه", "ساعت", "روز", "یک", "دیروز", "امروز"),
    "ur": _Words("", "پہلے قبل", "منٹ", "گھنٹے گھنٹہ گھنٹوں", "دن روز", "ایک", "", "آج"),
    "he": _Words(
        *("לפני", "", "דקה דקות דק׳", "שעה שעות שע׳", "יום ימים", "", "אתמול", "היום"),
        two=("שתי_דקות", "שעתיים", "יומיים"),
    ),
    "hi": _Words("", "पहले पूर्व", "मिनट", "घंटे घंटा घण्टे घंटों", "दिन दिनों", "एक", "", "आज"),
    "mr": _Words("", "पूर्वी", "मिनिटांपूर्वी मिनिटे", "तासांपूर्वी तास", "दिवसांपूर्वी दिवस", "एक", "काल", "आज"),
    "bn": _Words("", "আগে পূর্বে", "মিনিট", "ঘণ্টা ঘন্টা", "দিন", "এক", "গতকাল", "আজ"),
    "ta": _Words(
        *("", "முன்பு முன்", "நிமிடங்களுக்கு நிமிடத்திற்கு", "மணிநேரத்திற்கு மணி_நேரத்திற்கு"),
        *("நாட்களுக்கு நாளுக்கு", "ஒரு", "நேற்று", "இன்று"),
    ),
    "id": _Words("", "lalu yang_lalu", "menit", "jam", "hari", "se", "kemarin", "hari_ini"),
    "ms": _Words("", "lalu yang_lalu", "minit", "jam", "hari", "se", "semalam kelmarin", "hari_ini"),
    "vi": _Words("cach_đay", "truoc", "phut", "gio tieng", "ngay", "mot", "hom_qua", "hom_nay"),
    "th": _Words("", "ที่แล้ว ที่ผ่านมา ก่อน", "นาที", "ชั่วโมง ชม.", "วัน", "", "เมื่อวาน เมื่อวานนี้", "วันนี้"),
    "zh": _Words("", "前 之前 以前", "分钟 分鐘 分", "小时 小時 个小时 個小時", "天 日", "一", "昨天 昨日", "今天"),
    "ja": _Words("", "前", "分", "時間", "日", "一", "昨日", "今日 本日"),
    "ko": _Words("", "전", "분", "시간", "일", "한", "어제", "오늘"),
    "sw": _Words("", "zilizopita iliyopita", "dakika", "saa masaa", "siku", "moja", "jana", "leo"),
    "fil": _Words(
        *("", "ang_nakalipas nakalipas ang_nakaraan", "minuto", "oras na_oras", "araw na_araw", "isang", "kahapon"),
        "ngayong_araw",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ago:
    """An age: how long before the reading, how exactly, and what words beside it claim it to be."""

    span: timedelta
    precision: Precision
    role: DateRole | None = None


def read_relative(line: str, language: str) -> Ago | None:
    """Read an age on a date line, in the article's language or in English; None where there is none, or only prose.

    >>> read_relative("Updated 2 hours ago", "en").span, read_relative("hace 3 días", "es").span
    (datetime.timedelta(seconds=7200), datetime.timedelta(days=3))
    >>> read_relative("The bridge closed 2 hours ago, police said.", "en")
    """
    text = _folded(line).strip()
    if len(text) > _LONGEST_LINE or (len(text) > _LONGEST_LABELS and text.endswith(_SENTENCE_ENDS)):
        return None
    for code in dict.fromkeys((language.partition("-")[0], "en")):
        for way in _ways(code):
            found = way.pattern.search(text)
            if found is None or len(text) - len(found.group()) > way.most_around:
                continue
            count = int(found["count"] or 1) if way.number is None else way.number
            if count <= _MOST[way.unit]:
                step, precision = _UNITS[way.unit]
                return Ago(count * step, precision, read_role(text[: found.start()], text[found.end() :]))
    return None


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to print an age; `number` is None where the pattern holds it."""

    unit: str
    number: int | None
    pattern: re.Pattern[str]
    most_around: int = _LONGEST_LABELS


@cache
def _ways(language: str) -> tuple[_Way, ...]:
    words = _WORDS.get(language)
    if words is None:
        return ()
    ways = []
    ends = ((words.before, ""), ("", words.after)) if words.before and words.after else ((words.before, words.after),)
    for unit, names, two in zip(_UNITS, (words.minute, words.hour, words.day), words.two, strict=True):
        one = rf"|(?:{_any(words.one)})" if words.one else ""
        counted = rf"(?:(?P<count>\d{{1,3}}){one})\s?(?:{_any(names)})\.?"
        if not words.one and any(ends[0]):  # `час назад` is one hour
            counted = rf"(?:(?P<count>\d{{1,3}})\s?)?(?:{_any(names)})\.?"
        for before, after in ends:
            ways.append(_Way(unit, None, _between(before, counted, after)))
            if two:
                ways.append(_Way(unit, 2, _between(before, _any(two), after)))
    for days, names in enumerate((words.today, words.yesterday)):
        if names:
            ways.append(_Way("day", days, _between("", _any(names), ""), _LONGEST_TIME))
    return tuple(ways)


def _between(before: str, core: str, after: str) -> re.Pattern[str]:
    front = rf"(?:{_any(before)})\s*" if before else ""
    back = rf"\s*(?:{_any(after)})" if after else ""
    return re.compile(rf"(?<![^\W_]){front}(?:{core}){back}(?![^\W_])")


def _any(alternatives: str) -> str:
    """Make a pattern of alternatives, the longest first."""
    folded = sorted((_folded(word.replace("_", " ")) for word in alternatives.split()), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", r"[^\W\d_]*").replace(r"\ ", r"\s") for word in folded)


def _folded(text: str) -> str:
    return plain(text).casefold()
