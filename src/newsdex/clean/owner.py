"""Where a document's furniture names its publisher: copyright line, masthead, invitations, picture credits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsdex.clean.own_rules import APPEAL, BARE_BYLINE, BARE_PUBLISHER, BELOW_THE_END, INVITATIONS, LABEL
from newsdex.clean.rulebook import rule_language
from newsdex.clean.sheet import Line, Sheet
from newsdex.clean.vocabulary import Words

_YEARS = re.compile(r"\(?\d{4}(?:\s?[-–/]\s?\d{2,4})?\)?")
_ENDS = re.compile(r"\s*(?:[|;,،，。•·]|\.(?=\s|$)|\s[-–—]\s|:)\s*")
_RESERVED = re.compile(r"(?P<name>[^|–—.:;]{4,50}?)\s+[|–—-]\s+(?P<claim>.{8,150})")
_QUOTED = re.compile(r"[«„“\"「『](?P<name>[^«»„“”\"「」『』]{2,40})[»“”\"」』]")
_PATH = re.compile(r"\s*[|>＞›»→/]\s*")
_CREDITED = re.compile(r"[:：]\s*|\s*[/|]\s*")
_INITIAL = re.compile(r"\s*[^\W\d_]\. ?[^\W\d_]{2}")
_WORD = re.compile(r"[^\s«»„“”\"|()\[\]:;!?,.。，、]+")
_ELIDED = re.compile(r"(?<!\w)[dl]['’](?=\w)", re.IGNORECASE)
_SUFFIX = re.compile(r"['’].*$")
_INVITATIONS = (
    *(APPEAL, "-invitation", "-newsletter", "-follow-us", "-support", "-rights", "-paywall", "-disclaimer", "-error"),
    *("-related", "-end", "-tags", "-watch", "-imprint", "-thanks"),
)
_NOUNS_LARGE = frozenset(("de", "lb"))
"""Languages in which a large letter makes no name."""
_CAPTIONS = (
    *("-caption", "-photo", "-photo-credit", "-markup", "-agency", "-photo-bracket-name", "-slash-agency"),
    *("-slash-credit", "-photo-source", "-desk"),
)
_MASTHEADS = (LABEL, BARE_PUBLISHER, BARE_BYLINE, "und-breadcrumb")
_FOOT = (
    BELOW_THE_END,
    "-related",
    "-end",
    "-comments",
    "-imprint",
    "-might-interest",
    "-invitation",
    "-support",
    "-links",
)
_OPENING = re.compile(r"\s+[|·•–—-]\s+|,\s+|\s*[|·•]\s*")
_TOP_LINES = 4
_LONGEST_STEM = 3
_SHORTEST_STEM = 5
_HEADING_WORDS = 3
_MOST_RUN = 4


def claimed_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read the owner in a copyright line."""
    if not _is(line, _CAPTIONS):
        owner = owner_in_claim(line.text, sheet.book.words)
        if owner:
            yield owner


def masthead_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read a masthead (`Marsh Herald`) or the root of a path (`Marsh Herald > Harbour`) that opens the document."""
    if line.at >= _TOP_LINES or line.rule not in _MASTHEADS or line.prose or line.text == sheet.headline:
        return
    words = sheet.book.words
    name = _PATH.split(line.text)[0].strip()
    if not _is_name(name) or len(name) < _TOP_LINES or words.is_section(name):
        return
    if name.isupper() and len(name.split()) > _MOST_RUN:
        return
    if not any(word[:1].islower() and word not in words.title_particles for word in name.split()):
        yield name


def invited_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read the paper that asks to be followed, supported or written to: `Sign up to the Marsh Herald newsletter`."""
    words = sheet.book.words
    if not _is(line, _INVITATIONS) or words.copyright_marks.search(line.text):
        return
    if not line.text.isascii() and any(name in line.text for name in sheet.rules.agencies_beyond_ascii):
        return  # what an agency invites to is the agency's
    for found in words.caseless_paper.finditer(line.text):
        yield words.without_invitation(found.group())
    for found in _QUOTED.finditer(line.text):
        several = len(found["name"].split()) > 1
        if several and (words.is_publisher(found["name"]) or _is(line, ("-rights",))):
            yield found["name"]
    run: list[str] = []
    for word in _words_and_stops(_ELIDED.sub("", line.text)):
        bare = _SUFFIX.sub("", word)
        is_platform = not words.platforms.isdisjoint((bare.casefold(), *bare.casefold().split("-")))
        if (bare[:1].isupper() and not is_platform) or (run and (bare in words.title_particles or bare.isdigit())):
            run.append(bare)
            if bare == word:
                continue
        while run and run[-1] in words.title_particles:
            run.pop()
        opens = line.text.startswith(" ".join(run))
        starts = (1, 0) if run and run[0].casefold() in words.invitations else (0, 1)
        names = (_paper_in(words, run[start:]) for start in starts if run[start:])
        name = next(filter(None, names), None)
        if name:
            yield words.nominative(name)
        elif _is(line, INVITATIONS) and line.words > _HEADING_WORDS and rule_language(line.rule) not in _NOUNS_LARGE:
            rest = run[starts[0] :]
            while rest and rest[0].casefold() in words.title_particles:
                rest = rest[1:]
            if 1 < len(rest) <= _MOST_RUN and not (opens and starts[0] == 0):
                yield " ".join(rest)
        run = []


def called_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read the paper where a language's own phrases name it: `Thank you for reading Marsh Herald`."""
    for start, end in sheet.book.find_owners(line.folded):
        yield line.text[start:end]


def foot_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read the name that opens a line of the foot: `Marsh Herald | Imprint`, `Marsh Herald - news from the coast`."""
    if not _is(line, _FOOT) or line.at < len(sheet.lines) // 2 or sheet.book.words.copyright_marks.search(line.text):
        return
    name, *rest = _OPENING.split(line.text, maxsplit=1)
    words = name.split()
    if rest and 1 < len(words) <= _MOST_RUN and words[0][:1].isupper() and not line.sentence and line.words <= 16:
        vocabulary = sheet.book.words
        known = [word.casefold() for word in words]
        small = sum(word[:1].islower() and word not in vocabulary.title_particles for word in words)
        if small > 1 or (small and line.text[len(name) :].startswith(",")) or any(map(str.isdigit, name)):
            return
        if not vocabulary.platforms.intersection(known) and not vocabulary.invitations.intersection(known[:1]):
            yield name


def credited_names(sheet: Sheet, line: Line) -> Iterator[str]:
    """Read the paper in a picture's credit, beside or without the photographer: `Photo: Jane Roe/Marsh Herald`."""
    if not _is(line, _CAPTIONS):
        return
    for part in _CREDITED.split(line.text)[1:]:
        name = part.strip(" .()[]")
        if ". " in name:
            continue
        if sheet.book.words.is_publisher(name) or any(name in _PATH.split(other.text) for other in sheet.taken()):
            yield name


def owner_in_claim(text: str, words: Words) -> str | None:
    """Read the owner in a copyright line, None when it names none: `© 2025 Marsh Live – All rights reserved`."""
    signs = list(words.copyright_marks.finditer(text))
    if not signs:
        return _before_reservation(text, words)
    sign = signs[-1]
    if _INITIAL.match(text, sign.end()):
        return None  # whoever took the picture
    for part in (text[sign.end() :], text[: sign.start()]):
        for piece in _ENDS.split(_YEARS.sub(" ", part)):
            name = words.without_company_form(" ".join(piece.split()).strip(' -–—.,:«»"„“”'))
            name = re.sub(r"^(?:by|notice|copyright)\s+", "", name, flags=re.IGNORECASE)
            is_mark = not words.copyright_marks.sub("", name).strip()
            if not is_mark and not words.rights.search(name) and _is_name(name):
                return name
    return None


def _before_reservation(text: str, words: Words) -> str | None:
    """Read the owner before a reservation without a sign: `Marsh Herald – All rights reserved`."""
    found = _RESERVED.fullmatch(text)
    if not found or not words.rights.search(found["claim"]):
        return None
    name = found["name"]
    if words.rights.search(name) or not _is_name(name):
        return None
    parts = re.split(r"[\s'’]+", name)
    small = any(part[:1].islower() and part not in words.title_particles for part in parts)
    return None if small or len(parts) < 2 else name


def _words_and_stops(text: str) -> Iterator[str]:
    """Give the words of a line, and an empty one where something other than a space parts them, and at the end."""
    last = 0
    for found in _WORD.finditer(text):
        if text[last : found.start()].strip():
            yield ""
        yield found.group()
        last = found.end()
    yield ""


def _is(line: Line, kinds: tuple[str, ...]) -> bool:
    return line.rule is not None and line.rule.endswith(kinds)


def _is_name(name: str) -> bool:
    return (
        2 <= len(name) <= 50
        and len(name.split()) <= 7
        and (name[0].isupper() or name[0].lower() == name[0].upper())
        and any(map(str.isalpha, name))
    )


def _paper_in(words: Words, run: list[str]) -> str | None:
    """Give a run of capitalised words when it is a paper's name: its first or its last word says so.

    A case's ending goes: `Marsh Hírlapot` is asked to be followed where `Marsh Hírlap` stands above.
    """
    if len(run) == 1:
        name = words.nominative(run[0])
        part = name.rpartition("-")[2].casefold()
        return name if words.is_compound(part) or ("-" in name and words.is_organisation(part)) else None
    if len(run) > 6:
        return None
    last = run[-1].casefold()
    stems = (run[-1][:-cut] for cut in range(1, _LONGEST_STEM + 1) if len(last) - cut >= _SHORTEST_STEM)
    if any(words.is_organisation(word.casefold()) for word in (run[0], run[-1], *run[1:2])):
        return " ".join(run)
    stem = next((stem for stem in stems if words.is_organisation(stem.casefold())), None)
    return " ".join((*run[:-1], stem)) if stem else None
