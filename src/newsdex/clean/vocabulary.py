"""The words of all language packs together, and what they tell about a short line: a person, a publisher, no one."""

from __future__ import annotations

import re

from newsdex.rules import Rules

_PARTICLES_TEXT = """
de da do dos das del la le di du van der den von zu ten ter el al bin ibn y e of 't
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_TOKEN = re.compile(r"[^\s,;|/()（）]+")
_UNSPACED_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}|[\uac00-\ud7a3]{2,4}|[\u3400-\u9fff]{1,4} [\u3400-\u9fff\u3040-\u30ff]{1,4}"
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
        if any(word.casefold().strip(".,") in self.organisations or word.casefold() in self.roles for word in words):
            return False
        return all(_is_name_word(word) or word in _PARTICLES for word in words) and words[0] not in _PARTICLES

    def is_publisher(self, text: str) -> bool:
        """Tell whether a short text names a publisher: capitalised, with an organisation's word in it."""
        words = text.split()
        if not 1 < len(words) <= 6 or not words[0][:1].isupper():
            return False
        return any(word.casefold().strip(".,") in self.organisations for word in words)

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
