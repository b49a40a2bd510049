"""Appeals: what a page says to its reader instead of telling the story, known by its words in combination.

No list holds every way to say "sign up to our newsletter". But each language has few ways to ask (`sign up`,
`do you want`), few things a page has to offer (a newsletter, a channel, its app), and few words for itself (`our`). A
sentence that asks and offers is an appeal; one that merely mentions a newsletter is journalism.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Flag, auto
from functools import cached_property
from typing import Any

import re2

from newsdex.clean.own_rules import APPEAL, BUTTONS, WHY
from newsdex.patterns import DATE_MARK, pattern_options
from newsdex.rules import Rule, Rules, Vocabulary

MOST_WORDS = 90
"""A longer paragraph is no appeal as a whole."""

_LONGEST_SENTENCE = 40
_MOST_BUTTON_WORDS = 16
_SENTENCES = re.compile(r"(?<=[.!?…؟۔।])[\"'»”’)]*\s+|(?<=[。！？])")
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0981-\u0dff\u200c\u200d"
_LETTER = rf"[^\W\d_{_UNSPACED}][{_MARKS}]*"
"""A letter with its marks; of India's scripts vowel signs are marks, which `\\w` does not know."""
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:{_LETTER})+(?:['’-](?:{_LETTER})+)*")
_ABBREVIATION = re.compile(r"(?<!\w)[A-Z]{2,3}(?!\w)")
_WRITTEN_TOGETHER = re.compile(rf"[{_UNSPACED}]")
_CLAUSE = r"^|[,:;!?|>»•*…–—(]|[-.] "
"""Where a clause begins; a request may also follow a word that joins, as `for` and `with`, which `our` does not."""
_QUOTED = re.compile(r"[\"«»„“”「」『』]")
_NAME_IN_QUOTES = re.compile(r"[\"«»„“「『][^\s\"«»„“”「」『』]{1,24}(?: [^\s\"«»„“”「」『』]+){0,3}[\"«»“”」』]")
"""A paper's name: what is quoted at more length somebody says."""


class Speech(Flag):
    """What a sentence does: it asks its reader for something, names what pages offer, or speaks of the page itself."""

    STORY = 0
    ASK = auto()
    OFFER = auto()
    OWN = auto()


class Appeals:
    """The words of appeals in every pack, compiled.

    A word is an appeal's in its own language only: what asks and what it asks for have to be of one pack, or of the
    one for all languages.
    """

    def __init__(self, rules: Rules) -> None:
        shared = [pack.vocabulary for pack in rules.languages if pack.language == "und"]
        packs = [pack.vocabulary for pack in rules.languages if pack.vocabulary.asks]
        self._tongues = tuple(_Tongue(pack, shared) for pack in packs)
        self._offering = _set_of(tongue.offers for tongue in self._tongues)
        self._speaking = _set_of(tongue.spoken for tongue in self._tongues)
        buttons = {word for pack in rules.languages for word in pack.vocabulary.buttons}
        self._buttons = {tuple(_TOKEN.findall(word.casefold())) for word in buttons}
        self._longest = max(map(len, self._buttons), default=0)

    def is_appeal(self, folded: str, *, at_edge: bool) -> bool:
        """Tell whether a line speaks to the page's reader, from its first sentence to its last.

        Amid the story it has to speak of the page itself, too: a recipe asks its reader for many things. Of three
        sentences one may be anything else.
        """
        folded = _NAME_IN_QUOTES.sub(" ", folded)
        if _QUOTED.search(folded):
            return False
        text = _lower(folded)
        offering = self._offering.Match(text)
        if not offering:
            return False
        tongues = set(offering).intersection(self._speaking.Match(text) or ())
        if not tongues:
            return False
        sentences = [sentence for sentence in _SENTENCES.split(folded) if sentence.strip()]
        return any(_is_appeal([self._tongues[at].listen(one) for one in sentences], at_edge) for at in sorted(tongues))

    def are_buttons(self, folded: str) -> bool:
        """Tell whether a line is nothing but labels of buttons and counts beside them: `Share  Tweet  Comments (7)`."""
        words = _TOKEN.findall(folded.replace(DATE_MARK, " ").casefold())
        if not words or len(words) > _MOST_BUTTON_WORDS * (6 if _WRITTEN_TOGETHER.search(folded) else 1):
            return False
        reached = {0}
        for start in range(len(words)):
            if start in reached:
                longest = min(self._longest, len(words) - start)
                reached.update(
                    start + size
                    for size in range(1, longest + 1)
                    if tuple(words[start : start + size]) in self._buttons
                )
        return len(words) in reached


class _Tongue:
    """The words of appeals in one language, compiled when one of its appeals may be there.

    What is an offer says nothing else besides: `more on this topic` alone asks for nothing.
    """

    def __init__(self, pack: Vocabulary, shared: list[Vocabulary]) -> None:
        offers = {word for vocabulary in (pack, *shared) for word in vocabulary.offers}
        self._asked = set(pack.asks).difference(offers)
        self._owned = set(pack.own_words).difference(offers)
        self._readers = pack.reader_words
        self._joiners = pack.joiners
        self.offers = _either(offers)
        self.spoken = _either({*self._asked, *self._owned, *self._readers})

    def listen(self, sentence: str) -> Speech:
        """Tell what one sentence does; one too long for an appeal tells the story.

        To ask is to command, and a command begins its clause: she would sign up, they say `sign up`. A word for the
        reader makes a request of it, too, and the page speaks of itself where it is the subject.
        """
        text = _lower(sentence)
        if text.count(" ") >= _LONGEST_SENTENCE:
            return Speech.STORY
        speech = Speech.STORY
        if _found(self._offers, text):
            speech |= Speech.OFFER
        you = _found(self._you, text)
        if _found(self._commands, text) or (you and _found(self._asks, text)):
            speech |= Speech.ASK
        if _found(self._we, text) or ((you or Speech.ASK in speech) and _found(self._own, text)):
            speech |= Speech.OWN
        return speech

    @cached_property
    def _offers(self) -> Any:
        return _compiled(self.offers)

    @cached_property
    def _asks(self) -> Any:
        return _compiled(_either(self._asked))

    @cached_property
    def _commands(self) -> Any:
        return _compiled(_either(self._asked, before=self._clause))

    @cached_property
    def _own(self) -> Any:
        return _compiled(_either(self._owned))

    @cached_property
    def _we(self) -> Any:
        return _compiled(_either(self._owned, before=rf"(?:{_CLAUSE})[^\pL\pM\pN]*"))

    @cached_property
    def _you(self) -> Any:
        return _compiled(_either(self._readers))

    @property
    def _clause(self) -> str:
        joiners = "|".join(sorted(re2.escape(word) for word in self._joiners if word.isalpha()))
        return rf"(?:{_CLAUSE}| (?:{joiners or 'and'}) )[^\pL\pM\pN]*"


def _is_appeal(spoken: list[Speech], at_edge: bool) -> bool:
    appeals = sum(Speech.OFFER in speech and speech != Speech.OFFER for speech in spoken)
    silent = sum(not speech for speech in spoken)
    if not appeals or 3 * silent > len(spoken):
        return False
    return at_edge or any(Speech.ASK in speech and Speech.OWN in speech for speech in spoken)


def _found(pattern: Any, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _lower(text: str) -> str:
    """Write a text in small letters, but not its abbreviations: the US is not us."""
    return text.casefold() if text.isupper() else _ABBREVIATION.sub("", text).casefold()


def _either(words: Iterable[str], before: str = r"(?:^|[^\pL\pM\pN])") -> str:
    """Write a pattern of any of some words as whole words; one that ends in `*` as the beginning of a word.

    Scripts without spaces have no words to be whole: there a word is matched wherever it stands.
    """
    whole: list[str] = []
    begun: list[str] = []
    anywhere: list[str] = []
    for word in sorted(set(words)):
        plain = re2.escape(word.rstrip("*").casefold())
        (anywhere if _WRITTEN_TOGETHER.search(word) else begun if word.endswith("*") else whole).append(plain)
    kinds = []
    if whole:
        kinds.append(rf"{before}(?:{'|'.join(whole)})(?:[^\pL\pM\pN]|$)")
    if begun:
        kinds.append(rf"{before}(?:{'|'.join(begun)})")
    if anywhere:
        kinds.append(f"(?:{'|'.join(anywhere)})")
    return "|".join(kinds)


def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, pattern_options()) if pattern else None


def _set_of(patterns: Iterable[str]) -> Any:
    """Compile what tells in one pass which of some patterns occur in a text."""
    matcher = re2.Set.SearchSet(pattern_options())
    for pattern in patterns:
        matcher.Add(pattern)
    matcher.Compile()
    return matcher


APPEAL_RULE = Rule.model_construct(id=APPEAL, where="edge", match="", action="remove", why=WHY[APPEAL], examples=())
BUTTONS_RULE = Rule.model_construct(id=BUTTONS, where="line", match="", action="remove", why=WHY[BUTTONS], examples=())
"""What matches are told by; what they match is said here in code and in the packs' vocabulary."""
