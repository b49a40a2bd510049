"""The words of all language packs together, and what they tell about a short line: a person, a publisher, no one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsdex.rules import Rules, Vocabulary

_LONG_COMPOUND = 7
_TOKEN = re.compile(r"[^\s,;|/()（）]+")
_UNSPACED_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff々]{1,3}[\u3040-\u309f]{2,4}|[\uac00-\ud7a3]{2,4}"
    r"|[\u3400-\u9fff]{1,4} [\u3400-\u9fff\u3040-\u30ff]{1,4}"
)
_CASELESS = re.compile(r"^[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff]")
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_APART = r"[^\s«»„“”\"|()\[\]:;!?,.。，、]+"


class Words:
    """The vocabularies of every pack, joined: a document's language is not known while it is cleaned."""

    def __init__(self, rules: Rules) -> None:
        packs = [pack.vocabulary for pack in rules.languages]
        self.roles = {word for pack in packs for word in pack.roles}
        self.organisations = {word for pack in packs for word in pack.organisations}
        self.joiners = {word for pack in packs for word in pack.joiners}
        self.generic = {word.casefold() for pack in packs for word in pack.generic}
        self.sections = {word for pack in packs for word in pack.sections}
        self.articles = {word for pack in packs for word in pack.articles}
        self.title_particles = {word for pack in packs for word in pack.title_particles}
        self.on_pages = _on_pages(packs)
        self.spoken = {word for pack in packs for word in (*pack.own_words, *pack.reader_words) if len(word) > 2}
        self.platforms = {word for pack in packs for word in pack.platforms}
        self.spliced = tuple(word.capitalize() for pack in packs for word in pack.spliced_words)
        self.date_words = {word for pack in packs for word in pack.date_words}
        self.clock_words = {word for pack in packs for word in pack.clock_words}
        self.list_ends = {word for pack in packs for word in pack.list_ends}
        self.access = any_of(word for pack in packs for word in pack.access_words)
        self.changed = any_of(word for pack in packs for word in pack.changed_words)
        self.consent_answers = tuple(word for pack in packs for word in pack.consent_answers)
        self.consent_topics = any_of(word for pack in packs for word in pack.consent_topics)
        self.copyright_marks = any_word(word for pack in packs for word in pack.copyright_marks)
        self.rights = any_of(word for pack in packs for word in pack.rights_words)
        photo = either(word for pack in packs for word in pack.photo_words)
        self.picture_credit = re.compile(
            rf"[(\[]?(?:{photo})\s?[:：/=]|[(\[]?[^:]{{2,12}} (?:{photo})[)\]]?$", re.IGNORECASE
        )
        self.side_by_side = re.compile(rf"\s*[|•·›»／]\s*|\s{{2,}}|\s+[-–—/]\s+|[.;]?\s+(?=(?i:{photo})\s?[:：・])")
        self.columns = re.compile(rf"(?:{either(word for pack in packs for word in pack.column_words)})\S*[「『《〈]")
        self._particles = {word for pack in packs for word in pack.name_particles}
        self.small = self._particles | self.title_particles | self.articles | self.joiners
        endings = {word for pack in packs for word in pack.paper_endings}
        self._compounds = tuple(sorted(word for word in endings if word.upper() != word))
        openings = (word for pack in packs for word in pack.paper_openings)
        self.caseless_paper = _caseless_paper(endings.difference(self._compounds), openings)
        self.invitations = {word for pack in packs for word in pack.invitations}
        invitations = either(word for pack in packs for word in pack.invitations if _HAN_OR_KANA.match(word))
        self._inviting = re.compile(rf"(?:{invitations})+")
        forms = either(word for pack in packs for word in pack.company_forms)
        self._company = re.compile(rf",?\s+(?:{forms})\.?$", re.IGNORECASE)
        titles = either(word for pack in packs for word in pack.titles)
        self._titles = re.compile(rf"(?:(?:{titles})\.?\s+)+", re.IGNORECASE)
        where = either(word for pack in packs for word in pack.whereabouts)
        self._where = re.compile(rf"\s+(?:{where})\s+[A-ZÀ-ÞА-Я].*$")

    def is_person(self, text: str) -> bool:
        """Tell whether a text can be a person's name: two to five capitalised words, no organisation's or role's."""
        text = text.strip()
        if _UNSPACED_NAME.fullmatch(text):
            return text not in self.roles and text not in self.organisations
        words = text.split()
        if not 2 <= len(words) <= 5 or any(ch.isdigit() for ch in text) or any(ch in "?!:,;" for ch in text):
            return False
        folded = [word.casefold() for word in words]
        if text.casefold() in self.sections:
            return False
        if any(word in self.roles or word.strip(".,") in self.organisations for word in folded):
            return False
        return all(_is_name_word(word) or word in self._particles for word in words) and words[0] not in self._particles

    def is_publisher(self, text: str) -> bool:
        """Tell whether a short text names a publisher: capitalised, with an organisation's word in it."""
        words = text.split()
        if not 1 < len(words) <= 6 or any(ch.isdigit() for ch in text):
            return False
        if not words[0][:1].isupper() and not _CASELESS.match(words[0]):
            return False
        return any(self.is_organisation(word.casefold().strip(".,")) for word in words)

    def is_organisation(self, word: str) -> bool:
        """Tell whether a word is an organisation's, alone or as the end of a compound: `Küstenblatt`."""
        return word not in self.articles and (word in self.organisations or self.is_compound(word))

    def is_compound(self, word: str) -> bool:
        """Tell whether a word is a paper's name by its ending alone."""
        return len(word) > _LONG_COMPOUND and word.endswith(self._compounds)

    def split_joined(self, text: str) -> list[str]:
        """Split names at the words that join them: `Jane Roe and John Doe`."""
        names: list[list[str]] = [[]]
        for word in text.split():
            if word.casefold() in self.joiners and word.casefold() == word and names[-1]:
                names.append([])
            else:
                names[-1].append(word)
        return [" ".join(name) for name in names if name]

    def has_role(self, text: str) -> bool:
        """Tell whether a text names a job at a paper rather than a person."""
        return any(word.casefold().strip(".") in self.roles for word in _TOKEN.findall(text))

    def is_role(self, text: str) -> bool:
        """Tell whether a text is a job and nothing else: `Staff writer`."""
        return all(word.casefold().strip(".,") in self.roles for word in text.split())

    def is_generic(self, text: str) -> bool:
        """Tell whether a credit names no one: news agencies, staff, own report."""
        return text.casefold().strip(" .") in self.generic

    def is_section(self, text: str) -> bool:
        """Tell whether a text is the name of a section or a button, or a path that begins with one."""
        return text.casefold().strip(" .") in self.sections

    def without_title(self, name: str) -> str:
        """Take off the title before a reporter's name and the place behind it: `Dr. Jane Roe in Oslo`."""
        titles = self._titles.match(name)
        return self._where.sub("", name[titles.end() :] if titles else name).strip()

    def reporter_at(self, text: str) -> str | None:
        """Give the reporter in a line that says where he was: `Jane Roe in Oslo`; None when it is no such line."""
        name = self._where.sub("", text)
        return name if name != text and self.is_person(name) else None

    def without_company_form(self, name: str) -> str:
        """Take off what a company's name ends in: `Marsh Media Ltd.`."""
        return self._company.sub("", name)

    def without_invitation(self, name: str) -> str:
        """Take off the invitation that runs into a name in a script without spaces."""
        found = self._inviting.match(name)
        return name[found.end() :] if found else name

    def nominative(self, name: str) -> str:
        """Take the genitive's s off a paper's name: `Küstenblatts`."""
        return name[:-1] if name.endswith("s") and name[:-1].casefold().endswith(self._compounds) else name


def _on_pages(packs: list[Vocabulary]) -> frozenset[str]:
    """Give the single words that pages are labelled with, of which no paper's whole name consists."""
    phrases = (
        phrase
        for pack in packs
        for phrase in (*pack.buttons, *pack.sections, *pack.platforms, *pack.invitations, *pack.title_particles)
    )
    return frozenset(word for phrase in phrases for word in phrase.casefold().split())


def either(words: Iterable[str]) -> str:
    """Give a pattern's alternatives for some words, longest first; one that never matches for none."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) or r"(?!)"


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Match any of some words or beginnings of words, wherever it stands."""
    return re.compile(either(words), re.IGNORECASE)


def any_word(words: Iterable[str]) -> re.Pattern[str]:
    """Match any of some words and signs; a word only as a whole."""
    kept = list(words)
    whole, signs = [word for word in kept if word.isalpha()], [word for word in kept if not word.isalpha()]
    return re.compile(rf"(?<!\w)(?:{either(whole)})(?!\w)|(?:{either(signs)})", re.IGNORECASE)


def _caseless_paper(endings: Iterable[str], openings: Iterable[str]) -> re.Pattern[str]:
    """Match a paper's name in a script without capitals: up to its ending, or from its opening word on."""
    kinds: dict[str, list[str]] = {"han": [], "hangul": [], "apart": []}
    for ending in endings:
        kinds["han" if _HAN_OR_KANA.match(ending) else "hangul" if _HANGUL.match(ending) else "apart"].append(ending)
    return re.compile(
        rf"[\u3040-\u30ff\u3400-\u9fff]{{1,8}}?(?:{either(kinds['han'])})"
        rf"|[\uac00-\ud7a3]{{1,6}}(?:{either(kinds['hangul'])})"
        rf"|{_APART} (?:{either(kinds['apart'])})(?!\S)"
        rf"|(?<!\S)(?:{either(openings)}) {_APART}"
    )


def _is_name_word(word: str) -> bool:
    bare = word.strip("'’\".-")
    if not bare:
        return False
    return bare[0].isupper() or bool(_CASELESS.match(bare))
