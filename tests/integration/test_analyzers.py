"""The analyzer plugin gives the core distribution the full one's names."""

from __future__ import annotations

import json

import pytest
from elasticsearch import Elasticsearch

from newsdex.node.distribution import SOURCES

SAME_STEM = {
    "arabic": ("الكتاب", "كتاب"),
    "armenian": ("քաղաքների", "քաղաք"),
    "basque": ("etxeak", "etxeek"),
    "bengali": ("মানুষের", "মানুষ"),
    "brazilian": ("cidades", "cidade"),
    "bulgarian": ("градовете", "градове"),
    "catalan": ("ciutats", "ciutat"),
    "cjk": ("中国主席", "国主"),
    "czech": ("městech", "města"),
    "danish": ("husene", "huset"),
    "dutch": ("fietsen", "fiets"),
    "english": ("bridges", "bridge"),
    "estonian": ("linnades", "linnad"),
    "finnish": ("taloissa", "talot"),
    "french": ("élections", "élection"),
    "galician": ("cidades", "cidade"),
    "german": ("Häuser", "Haus"),
    "greek": ("πόλεις", "πόλης"),
    "hindi": ("लड़कों", "लड़का"),
    "hungarian": ("házakban", "házak"),
    "indonesian": ("membangun", "bangun"),
    "irish": ("mbád", "bád"),
    "italian": ("elezioni", "elezione"),
    "latvian": ("pilsētas", "pilsēta"),
    "lithuanian": ("miestai", "miestas"),
    "norwegian": ("husene", "huset"),
    "persian": ("کتاب", "كتاب"),
    "portuguese": ("eleições", "eleição"),
    "romanian": ("alegerile", "alegeri"),
    "russian": ("выборов", "выборы"),
    "serbian": ("избори", "izbori"),
    "sorani": ("پیاوەکان", "پیاو"),
    "spanish": ("elecciones", "elección"),
    "swedish": ("bilarna", "bil"),
    "thai": ("รัฐบาลไทย", "รัฐบาล"),
    "turkish": ("evler", "ev"),
}
"""Two forms of a word that have to become one (cjk and thai have no word breaks: a text, and a word in it)."""


def tokens(client: Elasticsearch, **analysis: object) -> list[str]:
    """Analyze a text."""
    return [token["token"] for token in client.indices.analyze(**analysis)["tokens"]]  # type: ignore[arg-type]


def test_each_analyzer_of_the_plugin_is_tried_here() -> None:
    """The list below and the plugin's own are one."""
    components = json.loads((SOURCES / "src/main/plugin/named_components.json").read_text(encoding="utf-8"))
    assert set(SAME_STEM) == set(components["org.elasticsearch.plugin.analysis.AnalyzerFactory"])


@pytest.mark.parametrize("analyzer", SAME_STEM)
def test_an_analyzer_brings_forms_of_a_word_together(client: Elasticsearch, analyzer: str) -> None:
    """Both forms give the same token, which the neutral analyzer does not do."""
    one, other = SAME_STEM[analyzer]
    assert set(tokens(client, analyzer=analyzer, text=other)) <= set(tokens(client, analyzer=analyzer, text=one))
    assert tokens(client, analyzer=analyzer, text=one) != tokens(client, analyzer="standard", text=one)


def test_asciifolding_takes_accents_off(client: Elasticsearch) -> None:
    """And keeps the accented form beside it when asked."""
    assert tokens(client, tokenizer="standard", filter=["asciifolding"], text="Erdoğan") == ["Erdogan"]
    both = {"type": "asciifolding", "preserve_original": True}
    assert set(tokens(client, tokenizer="standard", filter=[both], text="Erdoğan")) == {"Erdogan", "Erdoğan"}


def test_unique_keeps_the_first_of_equal_tokens(client: Elasticsearch) -> None:
    """Wherever they stand."""
    assert tokens(client, tokenizer="standard", filter=["unique"], text="a b a c b") == ["a", "b", "c"]


def test_unique_can_be_kept_to_one_position(client: Elasticsearch) -> None:
    """Then words that come again later stay."""
    here = {"type": "unique", "only_on_same_position": True}
    assert tokens(client, tokenizer="standard", filter=[here], text="a b a") == ["a", "b", "a"]


def test_pattern_capture_adds_the_captured_parts(client: Elasticsearch) -> None:
    """As the server's own security index asks of it."""
    capture = {"type": "pattern_capture", "preserve_original": True, "patterns": ["([^@]+)", "@(.+)"]}
    found = tokens(client, tokenizer="uax_url_email", filter=[capture], text="jane@example.org")
    assert set(found) == {"jane@example.org", "jane", "example.org"}


def test_uax_url_email_keeps_addresses_whole(client: Elasticsearch) -> None:
    """A web address and a mail address are one token each."""
    found = tokens(client, tokenizer="uax_url_email", text="see https://example.org/a?b or jane@example.org")
    assert found == ["see", "https://example.org/a?b", "or", "jane@example.org"]
