"""What holds of the whole line, for any bytes at all."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsdex.pipeline import process
from newsdex.records import Article, Origin, RawDocument, Rejection
from newsdex.rules import Rules, load_rules

PROJECT = Path(__file__).resolve().parents[2]
FETCHED = datetime(2025, 1, 1, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        *(b"<p>", b"</div>", b"<html>", b"<table><tr><td>", b"<script>", b"&amp;", b"<time datetime=2030-01-01>"),
        *(b"\xff\xfe", b"\x00", b"\xe2\x80", b"\n\n", b"\r", b"(Reuters) - ", b"Source\n:\nX\n", b"-END-"),
        *(
            b"Updated: 19 November 2024 ",
            b"The council voted on Monday to keep the old bridge open. ",
            "市议会".encode(),
        ),
        b'<script type="application/ld+json">{"@type":"Article","datePublished":"2030"}</script>',
    ]
)
CONTENTS = st.binary(max_size=300) | st.lists(PIECES, max_size=30).map(b"".join)
SCRIPT = """
import sys
from newsdex.enrich.language import detect_language
texts = sys.stdin.read().split("\\0")
order = texts if sys.argv[1] == "forward" else texts[::-1]
answers = {text: detect_language(text) for text in order}
print([(answers[text].code, answers[text].confidence) for text in texts])
"""
TEXTS = [
    "Den gamle bro",
    "O velho",
    "Le pont est ouvert aux piétons",
    "Stari most ostaje otvoren",
    "Il ponte",
    "Мост отворен",
    "市議會",
]


@pytest.fixture(scope="module")
def rules() -> Rules:
    """Load the shipped rules."""
    return load_rules(PROJECT / "config")


def raw(content: bytes, media_type: str) -> RawDocument:
    """Give a document with this content."""
    return RawDocument(Origin("x", FETCHED, media_type, hashlib.sha256(content).hexdigest()), content)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENTS, media_type=st.sampled_from(["text/plain", "text/html", "image/png"]))
def test_any_bytes_end_as_an_article_or_a_rejection(rules: Rules, content: bytes, media_type: str) -> None:
    """Never as an exception; and an article has a body, an id, and no date over a day after it was fetched."""
    result = process(raw(content, media_type), rules)
    assert isinstance(result, Article | Rejection)
    assert result.as_dict()["origin"]["uri"] == "x"
    if isinstance(result, Article):
        assert any(paragraph.strip() for paragraph in result.clean.body)
        assert len(result.id) == 32
        for dated in (result.published, result.modified):
            assert dated.value is None or dated.value <= FETCHED + timedelta(days=1)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENTS, media_type=st.sampled_from(["text/plain", "text/html"]))
def test_the_same_bytes_give_the_same_result(rules: Rules, content: bytes, media_type: str) -> None:
    """The id and everything else."""
    assert process(raw(content, media_type), rules) == process(raw(content, media_type), rules)


def test_the_language_is_the_same_in_every_process_and_order() -> None:
    """Short, close languages, where an unseeded detector wavers."""
    answers = set()
    for order, seed in (("forward", "1"), ("backward", "2")):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, order],
            input="\0".join(TEXTS),
            capture_output=True,
            encoding="utf-8",
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        )
        answers.add(run.stdout)
    assert len(answers) == 1
