"""What the index holds of an article."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from example_articles import NOW, make_article, make_rejection

from newsdex.index.document import document, language_field, quarantine_document, quarantine_id
from newsdex.records import Dated, Language, Removed

FIELDS = {"en": "text_en", "zh": "text_cjk", "nb": "text_no"}


def hash_of(article: Any) -> str:
    """Give the hash by which a change is noticed."""
    return str(document(article, NOW, FIELDS)["document_hash"])


def test_the_body_is_joined_with_empty_lines() -> None:
    """One text, so that a phrase is found and shown as it was printed."""
    assert document(make_article(("One.", "Two.")), NOW, FIELDS)["body"] == "One.\n\nTwo."


def test_only_the_articles_own_language_is_filled() -> None:
    """Each further language object would cost half the index again."""
    shape = document(make_article(language="zh-Hans"), NOW, FIELDS)
    assert [name for name in shape if name.startswith("text_")] == ["text_cjk"]
    assert shape["text_cjk"] == {"headline": shape["headline"], "body": shape["body"]}


@pytest.mark.parametrize("language", ["und", "eo", "e"])
def test_a_language_without_an_analyzer_has_the_neutral_fields_only(language: str) -> None:
    """`und` and tags that the mapping does not know."""
    assert not any(name.startswith("text_") for name in document(make_article(language=language), NOW, FIELDS))


def test_a_longer_tag_falls_back_to_a_shorter_one() -> None:
    """By whole subtags, never by letters."""
    assert language_field("zh-Hant-TW", FIELDS) == "text_cjk"
    assert language_field("enm", FIELDS) is None


@pytest.mark.parametrize(
    "other",
    [
        make_article(fetched=NOW + timedelta(days=9), published=None),
        make_article(uri="inbox/elsewhere.txt", published=None),
    ],
)
def test_another_fetch_of_the_same_article_is_no_change(other: Any) -> None:
    """When and from where it was fetched, and when it was indexed, are left out of the hash."""
    article = make_article(published=None)
    assert hash_of(other) == hash_of(article)
    later = document(article, NOW + timedelta(days=1), FIELDS)
    assert later["document_hash"] == hash_of(article)
    assert later["indexed_at"] != document(article, NOW, FIELDS)["indexed_at"]


def test_other_furniture_on_the_page_is_no_change() -> None:
    """A page fetched again shows other related stories; its article is the same."""
    article = make_article()
    removed = replace(article.clean, removed=(Removed("Related: something else", "related"),))
    assert hash_of(replace(article, clean=removed)) == hash_of(article)


def test_a_page_that_only_calls_itself_modified_is_no_change() -> None:
    """Many servers say so at every request."""
    modified = replace(make_article(), modified=Dated(NOW))
    assert document(modified, NOW, FIELDS)["modified_at"]
    assert hash_of(modified) == hash_of(make_article())


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Another body."},
        {"headline": "Another headline"},
        {"publisher": "Another publisher"},
        {"agencies": ("AFP",)},
        {"published": None},
        {"language": "fr"},
    ],
)
def test_what_a_reader_sees_is_a_change(change: dict[str, Any]) -> None:
    """Each field that is shown or searched takes part in the hash."""
    assert hash_of(make_article(**change)) != hash_of(make_article())


def test_missing_values_are_left_out() -> None:
    """No nulls: a field that is there has a value."""
    shape = document(make_article(headline=None, publisher=None), NOW, FIELDS)
    assert {"headline", "publisher", "url", "agencies"}.isdisjoint(shape)


def test_long_evidence_is_cut() -> None:
    """The index is no second archive."""
    article = replace(make_article(), evidence={"quote": "x" * 5_000, "many": [str(n) for n in range(100)]})
    evidence = document(article, NOW, FIELDS)["evidence"]
    assert len(evidence["quote"]) == 300
    assert len(evidence["many"]) == 10


def test_the_signature_is_kept_with_its_algorithm_and_its_bands() -> None:
    """By the bands near-duplicates are found, by the sketch they are verified; a short text has neither."""
    signed = make_article(" ".join(f"word{number}" for number in range(60)))
    kept = document(signed, NOW, FIELDS)["near_duplicate"]
    assert signed.signature is not None
    assert (kept["algorithm"], len(kept["bands"])) == (signed.signature.algorithm, 32)
    assert b64decode(kept["sketch"]) == signed.signature.sketch
    assert "near_duplicate" not in document(make_article("A short text."), NOW, FIELDS)


def test_how_copies_are_found_is_no_change_of_the_article() -> None:
    """Another algorithm gives other signatures, and the same document hash."""
    signed = make_article(" ".join(f"word{number}" for number in range(60)))
    assert hash_of(replace(signed, signature=None)) == hash_of(signed)


def test_a_file_has_one_entry_for_the_same_bytes() -> None:
    """Whatever stage stopped it; the same bytes under two names are two files to look at."""
    one, other = make_rejection("a.txt").origin, make_rejection("b.txt").origin
    assert quarantine_id(one) == quarantine_id(replace(one, fetched_at=NOW + timedelta(days=1)))
    assert len({quarantine_id(origin) for origin in (one, other, replace(one, sha256="0" * 64))}) == 3


def test_a_web_address_has_one_entry_whatever_the_server_sent() -> None:
    """An error page differs at every request; what waits for a person is the address."""
    page = make_rejection("https://example.org/bridge").origin
    assert quarantine_id(page) == quarantine_id(replace(page, sha256="0" * 64))


def test_a_quarantine_entry_keeps_a_long_detail_short() -> None:
    """A traceback of a megabyte does not fill the index."""
    assert len(quarantine_document(make_rejection(detail="x" * 100_000), NOW)["detail"]) == 10_000


def test_the_language_itself_is_kept_as_tagged() -> None:
    """The object is for the analyzer; the tag is for the reader."""
    article = replace(make_article(), language=Language("zh-Hant", 0.9))
    assert document(article, NOW, FIELDS)["language"] == "zh-Hant"
