"""The publisher, from what its own furniture says: the copyright line, the masthead, invitations to follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsdex.clean.own_rules import BARE_PUBLISHER, LABEL
from newsdex.clean.sheet import Line, Sheet

_SIGN = re.compile(
    r"©|ⓒ|\(c\)|\bcopyrights?\b|bản quyền(?: thuộc)?(?: về)?|版权所有|版權所有|著作権|স্বত্ব|कॉपीराइट|저작권자",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\(?\d{4}(?:\s?[-–/]\s?\d{2,4})?\)?")
_ENDS = re.compile(r"\s*(?:[|;,،，。•·]|\.(?=\s|$)|\s[-–—]\s|:)\s*")
_RIGHTS = re.compile(
    r"rights? reserved|reserved|rechte|rechten|voorbehouden|droits|reproduction|derechos|direitos|diritti|riproduzione"
    r"|zastrzeżon|rezervat|vyhrazen|vyhraden|права|прав\b|захищен|захищено|hakları|saklıdır|حقوق|محفوظ|版权|版權|著作|無断|禁止"
    r"|转载|轉載|무단|금지|δικαιώμ|επιφύλαξη|fenntart|jog\b|rättighet|upphovsrätt|rettighet|oikeudet|pidätet|bản quyền"
    r"|hak cipta"
    r"|dilindungi|सर्वाधिकार|সংরক্ষিত|สงวน|ลิขสิทธิ์|כל הזכויות|pridržana|zadržana|all\b|http|www\.",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"(?P<name>[^|–—.:;]{4,50}?)\s+[|–—-]\s+(?P<claim>.{8,150})")
_COMPANY = re.compile(
    r",?\s+(?:ltd|limited|inc|llc|gmbh|ag|plc|corp|s\.?a\.?|s\.?r\.?l\.?|oy|ab|as|a/s|bv|b\.v|kft|zrt)\.?$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[«„“\"「『](?P<name>[^«»„“”\"「」『』]{2,40})[»“”\"」』]")
_PLATFORMS_TEXT = """
facebook twitter x instagram whatsapp telegram youtube google news google-news linkedin line tiktok viber
threads bluesky pinterest newsletter app channel premium plus rss flipboard podcast e-mail email wechat weibo vk
дзен
"""
_PLATFORMS = frozenset(_PLATFORMS_TEXT.split())
_WORD = re.compile(r"[^\s«»„“”\"|()\[\]:;!?,.。，、]+")
_SUFFIX = re.compile(r"['’].*$")
_PARTICLES_TEXT = """
de du des la le les del della do da dos das di el of the and & y e et van der den i
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]{1,8}?(?:新聞(?:網)?|新闻(?:网)?|日報|日报|時報|时报|晚報|晚报|週刊|周刊|周报|週報|晨报|早报|都市报|タイムズ|新報|通信網)"
    r"|[가-힣]{1,6}(?:일보|신문|저널|뉴스|타임스|경제|방송)"
    r"|(?!(?:खबर|ताजा|ताज़ा|मुख्य|यह) )[\u0900-\u097f]+ (?:समाचार(?! एजेंसी)|न्यूज़?|टाइम्स|पत्रिका|भास्कर"
    r"|जागरण)|দৈনিক [\u0980-\u09ff]+"
    r"|(?:صحيفة|جريدة|شبكة|روزنامه|روزنامہ) [\u0600-\u06ff]+"
)
_INVITING = re.compile(
    r"^(?:加入|關注|关注|下載|下载|追蹤|訂閱|订阅|與|与|和|由|掃|歡迎|欢迎|更多|按讚|本文|是|在|到|的)+"
)
_INVITATIONS = ("-invitation", "-newsletter", "-follow-us", "-support", "-rights", "-paywall", "-disclaimer", "-error")
_CAPTIONS = ("-caption", "-photo", "-photo-credit", "-markup", "-agency", "-photo-bracket-name")
_MASTHEADS = (LABEL, BARE_PUBLISHER, "und-breadcrumb")
_GENITIVES = ("kuriers", "blatts", "anzeigers", "kurirens", "postens", "bladets")
_MOST_CHARACTERS = 260


def find_owner(sheet: Sheet) -> str | None:
    """Find the name a document's furniture gives its publisher: copyright first, then masthead, then invitations."""
    taken = [line for line in sheet.lines if line.rule and len(line.text) <= _MOST_CHARACTERS]
    for names in (
        (owner_in_claim(line.text) for line in reversed(taken) if not _is(line, _CAPTIONS)),
        (_at_the_top(sheet, line) for line in sheet.lines[:4] if not line.prose),
        (name for line in reversed(taken) if _is(line, _INVITATIONS) for name in _invited(sheet, line)),
    ):
        for name in names:
            if name and _is_free(sheet, name):
                return name
    return None


def _is(line: Line, kinds: tuple[str, ...]) -> bool:
    return line.rule is not None and line.rule.endswith(kinds)


def owner_in_claim(text: str) -> str | None:
    """Read the owner in a copyright line.

    >>> owner_in_claim("© 2025 Marsh Live – All rights reserved"), owner_in_claim("Alle Rechte © 2024")
    ('Marsh Live', None)
    """
    signs = list(_SIGN.finditer(text))
    if not signs:
        return _before_reservation(text)
    sign = signs[-1]
    for part in (text[sign.end() :], text[: sign.start()]):
        for piece in _ENDS.split(_YEARS.sub(" ", part)):
            name = _COMPANY.sub("", " ".join(piece.split()).strip(' -–—.,:«»"„“”'))
            name = re.sub(r"^(?:by|notice|copyright)\s+", "", name, flags=re.IGNORECASE)
            if name and not _RIGHTS.search(name) and _is_name(name):
                return name
    return None


def _before_reservation(text: str) -> str | None:
    """Read the owner before a reservation without a sign: `Marsh Herald – All rights reserved`."""
    found = _RESERVED.fullmatch(text)
    if not found or not _RIGHTS.search(found["claim"]) or _RIGHTS.search(found["name"]) or not _is_name(found["name"]):
        return None
    words = re.split(r"[\s'’]+", found["name"])
    small = any(word[:1].islower() and word not in _PARTICLES for word in words)
    return None if small or len(words) < 2 else found["name"]


def _is_name(name: str) -> bool:
    return (
        2 <= len(name) <= 50
        and len(name.split()) <= 7
        and (name[0].isupper() or name[0].lower() == name[0].upper())
        and any(map(str.isalpha, name))
    )


def _at_the_top(sheet: Sheet, line: Line) -> str | None:
    """Read a masthead (`Marsh Herald`) or the root of a path (`Marsh Herald > Harbour`) that the document repeats."""
    name = re.split(r"\s*[|>›»/]\s*", line.text)[0].strip()
    if not _is_name(name) or line.text == sheet.headline or len(name) < 4 or line.rule not in _MASTHEADS:
        return None
    if any(word[:1].islower() and word not in _PARTICLES for word in name.split()):
        return None
    if _UNSPACED.fullmatch(name):
        return name
    if len(name.split()) < 2 and name.isascii():
        return None
    elsewhere = (other for other in sheet.lines if other is not line and name in other.text)
    return name if any(elsewhere) else None


def _invited(sheet: Sheet, line: Line) -> Iterator[str]:
    for found in _UNSPACED.finditer(line.text):
        yield _INVITING.sub("", found.group())
    for found in _QUOTED.finditer(line.text):
        if len(found["name"].split()) > 1 and sheet.book.words.is_publisher(found["name"]):
            yield found["name"]
    run: list[str] = []
    for word in [*_WORD.findall(line.text), ""]:
        bare = _SUFFIX.sub("", word)
        if (bare[:1].isupper() and bare.casefold() not in _PLATFORMS) or (run and bare in _PARTICLES):
            run.append(bare)
            if bare == word:
                continue
        while run and run[-1] in _PARTICLES:
            run.pop()
        for start in range(len(run)):
            name = " ".join(run[start:])
            if start <= 1 and _names_paper(sheet, run[start:]):
                yield name[:-1] if name.endswith(_GENITIVES) else name
                break
        run = []


def _names_paper(sheet: Sheet, run: list[str]) -> bool:
    """Tell whether a run of capitalised words is a paper's name: its first or its last word says so."""
    if len(run) == 1:
        return "-" in run[0] and sheet.book.words.is_organisation(run[0].rpartition("-")[2].casefold())
    ends = (run[0].casefold(), run[-1].casefold(), run[1].casefold() if len(run) > 2 else "")
    return len(run) <= 6 and any(sheet.book.words.is_organisation(word) for word in ends)


def _is_free(sheet: Sheet, name: str) -> bool:
    folded = name.casefold()
    known = sheet.rules.publisher(name)
    words = sheet.book.words
    if known is not None and known.aggregator:
        return False
    agency = any(
        folded == other or folded.startswith((other + " ", other + "-", other + "/"))
        for other in sheet.rules.agencies_by_name
    )
    return not agency and not words.is_generic(name) and name not in sheet.authors
