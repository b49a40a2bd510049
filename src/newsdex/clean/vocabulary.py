"""The words of all language packs together, and what they tell about a short line: a person, a publisher, no one."""

from __future__ import annotations

import re

from newsdex.rules import Rules

_PARTICLES_TEXT = """
de da do dos das del la le di du van der den von zu ten ter el al bin ibn y e of 't
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_ARTICLES_TEXT = """
der die das the le la les el los las il lo gli i o os as a de het een un una
"""
_ARTICLES = frozenset(_ARTICLES_TEXT.split())
_SURNAME_ARTICLES = frozenset(("le", "la", "les", "lo", "los", "das", "dos"))
"""They stand in papers' names and in no person's, but make no name a paper's."""
_COMPOUNDS_TEXT = """
blatt blad bladet kurier kuriers anzeiger bote zeitung rundschau presse tidning tidningen tidende avis avisen avisa
nytt posten bladid lehti sanomat uutiset krant dagblad nieuws courant herald tribune post news
"""
_COMPOUNDS = tuple(_COMPOUNDS_TEXT.split())
_TOKEN = re.compile(r"[^\s,;|/()（）]+")
_UNSPACED_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff々]{1,3}[\u3040-\u309f]{2,4}|[\uac00-\ud7a3]{2,4}"
    r"|[\u3400-\u9fff]{1,4} [\u3400-\u9fff\u3040-\u30ff]{1,4}"
)
_CASELESS = re.compile(r"^[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff]")


class Words:
    """The vocabularies of every pack, joined: a document's language is not known while it is cleaned."""

    def __init__(self, rules: Rules) -> None:
        packs = [pack.vocabulary for pack in rules.languages]
        self.roles = {word for pack in packs for word in pack.roles}
        self.organisations = {word for pack in packs for word in pack.organisations}
        self.joiners = {word for pack in packs for word in pack.joiners}
        self.generic = {word.casefold() for pack in packs for word in pack.generic}
        self.date_words = {word for pack in packs for word in pack.date_words}

    def is_person(self, text: str) -> bool:
        """Tell whether a text can be a person's name: two to five capitalised words, no organisation's or role's."""
        text = text.strip()
        if _UNSPACED_NAME.fullmatch(text):
            return text not in self.roles and text not in self.organisations
        words = text.split()
        if not 2 <= len(words) <= 5 or any(ch.isdigit() for ch in text) or any(ch in "?!:,;" for ch in text):
            return False
        if any(self._stands_in_no_name(word.casefold().strip(".,")) or word.casefold() in self.roles for word in words):
            return False
        return all(_is_name_word(word) or word in _PARTICLES for word in words) and words[0] not in _PARTICLES

    def _stands_in_no_name(self, word: str) -> bool:
        return word in self.organisations and word not in _SURNAME_ARTICLES

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
        if word in _ARTICLES:
            return False
        return word in self.organisations or (len(word) > 7 and word.endswith(_COMPOUNDS))

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

    def is_generic(self, text: str) -> bool:
        """Tell whether a credit names no one: news agencies, staff, own report."""
        return text.casefold().strip(" .") in self.generic


def _is_name_word(word: str) -> bool:
    bare = word.strip("'’\".-")
    if not bare:
        return False
    return bare[0].isupper() or bool(_CASELESS.match(bare))
