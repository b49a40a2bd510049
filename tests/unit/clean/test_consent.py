"""Walls before the page: consent, accounts, addresses that are not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsdex.clean.cleaning import clean
from newsdex.clean.consent import is_consent_wall
from newsdex.clean.sheet import Sheet
from newsdex.errors import Rejected
from newsdex.records import ExtractedArticle, Paragraph, Reason
from newsdex.rules import Rules
from tests.unit.clean.conftest import ORIGIN

LayOut = Callable[..., Sheet]


@pytest.mark.parametrize(
    "lines",
    [
        ("We and our partners store cookies on your device to measure our audience.", "Accept all", "Reject all"),
        ("Wir und unsere Partner verarbeiten personenbezogene Daten auf diesem Gerät.", "Alle akzeptieren"),
        ("Nosotros y nuestros socios usamos cookies para medir la audiencia del sitio.", "Aceptar", "Rechazar"),
        ("Мы используем куки, чтобы сайт работал лучше и быстрее для вас.", "Принять"),
    ],
)
def test_a_document_that_only_asks_for_consent_is_a_wall(lay_out: LayOut, lines: tuple[str, ...]) -> None:
    """Nearly all it says is about consent, and a line offers an answer, in any language."""
    sheet = lay_out(*lines)
    assert is_consent_wall(sheet.lines, sheet.book.words)


def test_a_story_about_cookies_is_none(lay_out: LayOut) -> None:
    """It says something else besides, and offers no answer."""
    sheet = lay_out(
        "The court ruled on Monday that sites may not set cookies before their readers agree to it.",
        "The miller, who had sued over a banner, said that he had only wanted to read about the flood.",
        "The ruling takes effect in May and applies to every paper in the county, large or small.",
    )
    assert not is_consent_wall(sheet.lines, sheet.book.words)


def test_a_banner_above_a_story_is_none(lay_out: LayOut) -> None:
    """The document is an article; the rules take the banner out."""
    story = "The council met on Tuesday and heard what the engineers had found under the old bridge in spring."
    sheet = lay_out("We use cookies to measure our audience and to show you ads.", "Accept", *[story] * 5)
    assert not is_consent_wall(sheet.lines, sheet.book.words)


WALLS = [
    ("Log in", "You need a free account to use this.", "Email address", "Password", "Forgot your password?"),
    (
        "Unser Angebot",
        "Dieser Artikel ist nur für Abonnenten.",
        "Jetzt anmelden",
        "Konto anlegen",
        "Passwort vergessen?",
    ),
    ("Página no encontrada", "La página que busca ya no existe.", "Iniciar sesión", "Buscar"),
]


@pytest.mark.parametrize("lines", WALLS)
def test_a_form_to_get_in_is_no_article(shipped: Rules, lines: tuple[str, ...]) -> None:
    """A short document of accounts and access only, with the labels of a form, is refused."""
    with pytest.raises(Rejected) as refused:
        clean(ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines)), shipped)
    assert refused.value.reason is Reason.ERROR_PAGE


def test_a_short_story_about_accounts_is_an_article(shipped: Rules) -> None:
    """Its sentences tell something else besides."""
    story = (
        "A clerk who sold the passwords of four hundred accounts was sent to prison on Monday by a court in Brinfold."
    )
    lines = ("Clerk jailed over passwords", story, "He had kept them on a slip of paper under the keyboard.")
    assert story in clean(ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines)), shipped).body
