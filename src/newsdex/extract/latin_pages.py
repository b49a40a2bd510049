"""Telling the Latin code pages apart: they share most letters, and where they differ the language tells which is meant.

A page is believed by what its reading says: common words of a language speak for it, letters that this language does
not write speak against it. `pĕchers` is no French, however well its letters would do in another language.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from unicodedata import category, normalize

_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞĀĂĄĆĊČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŔŘŚŞŠŢŤŪŮŰŲŹŻŽ]")
_SIGNS = frozenset("\u00a0\u00ad“”„‚‘’‹›«»–—…•·¡¿£€§°ºª©®™")
"""What any language prints besides letters."""
_ABROAD = frozenset("éèáàöüçñ¹²³½¼¾×¥")
"""Letters that names and loanwords bring along anywhere, and signs that few texts have."""
_STRANGE_COSTS, _FOREIGN_COSTS = 3.0, 0.5
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class _Language:
    """The letters a language writes beyond A to Z, and some of its commonest words."""

    letters: frozenset[str]
    words: frozenset[str]


def _language(letters: str, words: str) -> _Language:
    return _Language(frozenset(letters), frozenset(words.split()))


_WESTERN = (
    _language(
        "éèêëïîöôüçñàâáíóúœæ", "the of and to in a is that for on was with as it by from at his her he she said are be"
    ),
    _language(
        "äöüß", "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an aus er hat"
    ),
    _language(
        "àâæçéèêëîïôœùûüÿ",
        "de la le et les des en un une du à est que pour dans qui par sur l d pas plus au ce il été qu",
    ),
    _language(
        "áéíñóúü", "de la que el en y los se del las un por con no una su para es al lo como más o pero sus le ha"
    ),
    _language(
        "áàâãçéêíóôõúü", "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao à foi das é"
    ),
    _language(
        "àèéìíîòóù", "di che e la il un a per in una è del non sono della si con da l le al dei nel come ha più i gli"
    ),
    _language(
        "éëïóöüèáê", "de het een van en in is dat op te voor zijn met die niet aan er om ook als maar bij door uit naar"
    ),
    _language("åäöé", "och i att det som en på är av för med till den har de inte om ett men var sig så från vid kan"),
    _language("æøåéüö", "og i at det er en til på som af for med den de har ikke et om fra var sig men så kan ved"),
    _language("æøåéòóô", "og i det er som til en på for med av at har de ikke den et om var fra seg men så han kan å"),
    _language("äöåšž", "ja on ei se että oli hän ovat mutta myös kun joka kuin tai sen mukaan ole vuoden jo sekä"),
    _language("áéíóúýþæðö", "og að í á er sem það til var við um en með ekki því af hann fyrir hefur frá segir"),
    _language("àçéèíïóòúü", "de la el i que a en un per les una els del amb és no al es va ha més com ser dels l d"),
    _language("áéíñóúü", "de a o que e do da en un para con non unha os no na por máis as dos como é ao das"),
    _language("éè", "yang dan di itu dengan untuk dari ini pada tidak akan oleh dalam ke ada juga telah karena"),
)
_CENTRAL = (
    _language(
        "áčďéěíňóřšťúůýž", "a se na v je že o z do s i to ve za pro jsou po by jako ale které si už k u který od není"
    ),
    _language(
        "áäčďéíĺľňóôŕšťúýž", "a sa na v je že o z do s i to vo za pre sú po by ako ale ktoré si už k u ktorý od nie"
    ),
    _language(
        "ąćęłńóśźż", "w i na z się do nie o jest że to od po za jak dla przez ale a są co tym może już ma roku oraz"
    ),
    _language("áéíóöőúüű", "a az és hogy nem is egy ez meg azt de volt el ki már csak mint van szerint még lesz ha"),
    _language("ăâîșşțţ", "de și şi în a la cu pe care din nu să o un mai este pentru ca au fost al se prin sa ce fi"),
    _language("čćđšž", "i u je se na da za su od s o kao što bi će ne koji nije ali iz ili je to bio po kako do"),
    _language("čšž", "je in v na se da za so z s pri o od kar ki ne bi tudi kot pa iz po do ni bil še od že ali"),
    _language("ëç", "të e në dhe i për me nga një që u është më ka se nuk do si por kanë ishte"),
)
_BALTIC = (
    _language("āčēģīķļņšūžōŗ", "un ir ka no uz ar par kas arī bet lai pie pēc nav tika gada gadā tā tas var bija kā"),
    _language("ąčęėįšųūž", "ir kad į iš su yra buvo bet tai kaip o už apie dėl nuo po jau metų ne jis ar taip"),
    _language("äõöüšž", "ja on ei et see oli kui mis ka ning aga seda kes oma välja selle aasta ta või veel pole"),
)
_TURKISH = (
    _language("çğıöşüâîû", "ve bir bu da de için ile olarak çok daha olan gibi ne kadar sonra o var ama en her değil"),
    _language("çəğıöşü", "və bir bu da də üçün ilə olan kimi daha sonra o var ki hər"),
)
_VIETNAMESE = (
    _language(
        "àáâãèéêìíòóôõùúýăđơư" + _TONES, "và là của có không cho các trong một với người những đã này khi được tại"
    ),
)
_PAGES = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": _TURKISH,
    "cp1257": _BALTIC,
    "cp1258": _VIETNAMESE,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
    "cp437": _WESTERN,
}
"""The Latin code pages, the commoner first: of equals the first is meant."""
_OUTDATED, _OUTDATED_COSTS = frozenset(("mac-roman", "cp850", "cp437")), 2.0
"""Old Macs and DOS: few texts of today are in them."""
LATIN_PAGES = frozenset(_PAGES)
_BEYOND = re.compile(rb"[\x80-\xff]")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class LatinReading:
    """A code page, and whether its reading is free of letters that its language does not write, and knows its words."""

    page: str
    certain: bool


def read_as_latin(content: bytes) -> LatinReading | None:
    """Choose the Latin code page whose reading is the likeliest text; None for what is mostly beyond ASCII.

    >>> read_as_latin("Les pêchers ont fleuri à l’été".encode("cp1252")).page
    'cp1252'
    >>> read_as_latin("Most přes řeku je od pondělí uzavřen pro pěší i auta".encode("cp1250")).page
    'cp1250'
    """
    if len(_ASCII_LETTER.findall(content)) < len(_BEYOND.findall(content)):
        return None
    best, most = LatinReading("cp1252", certain=False), float("-inf")
    for page, languages in _PAGES.items():
        text = content.decode(page, "replace")
        words = Counter(word.lower() for word in _WORD.findall(normalize("NFC", text)))
        beyond = Counter(character for character in text.lower() if not character.isascii())
        broken = len(_CAPITAL_INSIDE.findall(text))
        for language in languages:
            known = sum(words[word] for word in language.words)
            strange = broken + sum(map(beyond.__getitem__, filter(_is_strange, beyond)))
            foreign = sum(
                count * (_FOREIGN_COSTS if letter in _ABROAD else _STRANGE_COSTS)
                for letter, count in beyond.items()
                if letter not in language.letters and not _is_strange(letter) and letter not in _SIGNS
            )
            likelihood = known - foreign - _STRANGE_COSTS * strange - _OUTDATED_COSTS * (page in _OUTDATED)
            if likelihood > most:
                best, most = LatinReading(page, certain=known > 0 and not strange and not foreign), likelihood
    return best


def _is_strange(character: str) -> bool:
    """Tell what no running text holds: box drawing, loose accents, control characters, signs nobody prints."""
    return character not in _SIGNS and character not in _TONES and category(character)[0] != "L"
