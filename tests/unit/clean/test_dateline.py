"""Datelines of shapes that many newsrooms share, and of single languages."""

from __future__ import annotations

import pytest

from newsdex.clean.paragraphs import fold
from newsdex.clean.rulebook import rulebook_for
from newsdex.rules import Rules


def place(rules: Rules, opening: str) -> str | None:
    book = rulebook_for(rules, None)
    dateline = book.datelines.read(book.date_words.mask(fold(opening), opening))
    return dateline.place if dateline else None


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("LIMA: A court has admitted the suit of a mango grower against his neighbour.", "Lima"),
        ("BREZOVICA. Požičovňa lyží zostane do konca sezóny zatvorená.", "Brezovica"),
        ("Seeheim – Die Brücke bleibt bis zum Frühjahr gesperrt.", "Seeheim"),
        ("San Telmo del Río.- Con faroles y un perro, los vecinos vigilan el pozo.", "San Telmo del Río"),
        ("（川辺共同）古い橋が開いた。村の人は朝から並んだ。", "川辺"),
        ("(강릉=연합뉴스) 한지우 기자 = 오래된 다리가 열렸다.", "강릉"),
    ],
)
def test_a_dateline_tells_its_place(shipped: Rules, opening: str, expected: str) -> None:
    """Capitals before a colon or a stop, a town before a dash, and the shapes of language packs."""
    assert place(shipped, opening) == expected


@pytest.mark.parametrize(
    "opening",
    [
        "REPORTAGE. Depuis que la cloche est en réparation, les habitants écrivent.",
        "UPDATE: The bridge is closed again, the town says.",
        "Mein Vater – ein Fischer – hat nie geredet.",
        "Gestern – Der Tag begann mit Regen.",
    ],
)
def test_a_label_or_a_sentence_with_dashes_is_no_place(shipped: Rules, opening: str) -> None:
    """What stands there is a kind of story, a day, or the beginning of the sentence."""
    assert place(shipped, opening) is None
