"""A reader's complaint becomes a rule that loads, does what its examples say, and was tried on the very article."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdex.clean.examples import failing_examples
from newsdex.errors import UserError
from newsdex.read import open_bytes
from newsdex.records import Rejection
from newsdex.rules import load_rules
from newsdex.run.explaining import Explained, Question, answer_question
from newsdex.run.rule_draft import Draft, Scope, Want, Wish
from newsdex.settings import PROJECT, Settings, read_settings

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PACK = r"""language: nl
rules:
  - id: nl-share
    match: 'deel dit( artikel)?'
    why: a button
    examples:
      - {text: 'Deel dit artikel', removed: true}
      - {text: 'Deel dit met je buren, zei hij.', removed: false}
"""
STORY = (
    "De brug bij Kampen blijft drie weken dicht, zegt de gemeente op maandag na een lange vergadering.",
    "Lees ook: Waarom de brug bij Kampen niet meer draait",
    "Deel dit artikel",
    "De wethouder zegt dat het werk langer duurt, omdat er onder de brug een oude boot is gevonden.",
    "Bel de redactie op 0900 123 of kom langs in de Oudestraat",
)
PAGE = """<html lang="nl"><head><title>Brug dicht</title>{head}</head><body><article><h1>Brug dicht</h1>{text}</article>
</body></html>"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settle on a config with one pack of one rule."""
    config = tmp_path / "config"
    (config / "languages").mkdir(parents=True)
    (config / "publishers").mkdir()
    (config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    (config / "languages" / "nl.yaml").write_text(PACK, encoding="utf-8")
    return read_settings({"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_CONFIG": str(config)})


def page(head: str = "") -> bytes:
    """Write the story as a page."""
    return PAGE.format(head=head, text="".join(f"<p>{each}</p>" for each in STORY)).encode()


def ask(settings: Settings, wish: Wish | None = None, *, head: str = "", publisher: str | None = None) -> Any:
    """Ask about the page."""
    opened = open_bytes(page(head), uri="x", publisher=publisher, fetched_at=NOW, limit=100_000)
    return answer_question(Question(opened, wish), settings)


def number_of(settings: Settings, beginning: str) -> int:
    """Give the number of the paragraph that begins so."""
    explained = ask(settings)
    assert isinstance(explained, Explained)
    return next(each.number for each in explained.placement.paragraphs if each.text.startswith(beginning))


def draft(settings: Settings, beginning: str, want: Want = Want.GONE, **more: Any) -> Draft:
    """Draft the rule for the paragraph that begins so."""
    asked = {name: more.pop(name) for name in ("head", "publisher") if name in more}
    answer = ask(settings, Wish(number_of(settings, beginning), want, **more), **asked)
    assert isinstance(answer, Draft), answer
    return answer


def test_a_label_before_a_colon_takes_whatever_follows(settings: Settings) -> None:
    """The next teaser has another title."""
    made = draft(settings, "Lees ook")
    (rule,) = yaml.safe_load(made.text)["rules"]
    assert rule["match"] == "lees ook ?: ?.{2,200}"
    assert made.file == "config/languages/nl.yaml"
    assert [check.right for check in made.checks] == [True] * 4


def test_on_demand_it_matches_these_words_only(settings: Settings) -> None:
    """With other numbers in their places too."""
    assert yaml.safe_load(draft(settings, "Lees ook", whole=True).text)["rules"][0]["match"].startswith(
        "lees ook: waarom"
    )
    made = draft(settings, "Bel de redactie")
    assert (
        yaml.safe_load(made.text)["rules"][0]["match"]
        == r"bel de redactie op \d{1,8} \d{1,8} of kom langs in de oudestraat"
    )
    assert made.wish.where == "tail"


def test_both_kinds_of_examples_are_there(settings: Settings) -> None:
    """What must stay is the sentence of the story that is most like the furniture, or what the reader says."""
    examples = yaml.safe_load(draft(settings, "Bel de redactie").text)["rules"][0]["examples"]
    assert [each["removed"] for each in examples] == [True, False]
    assert examples[1]["text"] in STORY
    examples = yaml.safe_load(draft(settings, "Bel de redactie", keep="Bel de redactie, zei hij.").text)["rules"][0][
        "examples"
    ]
    assert examples[1]["text"] == "Bel de redactie, zei hij."


def test_put_where_it_says_the_draft_loads_and_the_paragraph_goes(settings: Settings) -> None:
    """The rules loader itself reads it, below the `rules:` of the pack."""
    made = draft(settings, "Lees ook", why="een ander verhaal")
    pack = settings.config / "languages" / "nl.yaml"
    pack.write_text(PACK + made.text.partition("rules:\n")[2], encoding="utf-8")
    assert failing_examples(load_rules(settings.config)) == []
    explained = ask(settings)
    assert explained.placement.paragraphs[number_of(settings, "Lees ook")].rules == (made.rule,)


def test_for_a_publisher_that_config_does_not_know_the_draft_is_a_whole_file(settings: Settings) -> None:
    """It can be copied into the folder as it is."""
    head = '<meta property="og:site_name" content="Kamper Courant">'
    made = draft(settings, "Bel de redactie", scope=Scope.PUBLISHER, head=head)
    assert (made.file, made.is_new) == ("config/publishers/kamper-courant.yaml", True)
    (settings.config / "publishers" / "kamper-courant.yaml").write_text(made.text, encoding="utf-8")
    explained = ask(settings, head=head)
    assert explained.placement.paragraphs[number_of(settings, "Bel de redactie")].rules == (made.rule,)


def test_a_rule_that_would_take_more_says_so(settings: Settings) -> None:
    """Here the text that must stay is taken by the pattern too: the example is wrong, and it is said."""
    made = draft(settings, "Lees ook", keep="Lees ook: de bijsluiter, zegt de apotheker.")
    assert "It should leave the example: Lees ook: de bijsluiter" in " ".join(
        check.text for check in made.checks if check.right is False
    )


def test_what_should_have_stayed_becomes_an_example_of_the_rule_that_took_it(settings: Settings) -> None:
    """The rule as it is, and the text that it must leave; its file and line are named."""
    made = draft(settings, "Deel dit", Want.KEPT)
    (rule,) = yaml.safe_load(made.text)["rules"]
    assert rule["id"] == "nl-share"
    assert rule["examples"][-1] == {"text": "Deel dit artikel", "removed": False}
    assert "config/languages/nl.yaml:3" in made.text
    assert made.checks[-1].right is None


def test_a_rule_that_lives_in_code_has_no_file(settings: Settings) -> None:
    """What there is to report is written down all the same."""
    pack = settings.config / "languages" / "nl.yaml"
    pack.write_text("language: nl\nvocabulary:\n  buttons: ['deel dit artikel']\nrules: []\n", encoding="utf-8")
    made = draft(settings, "Deel dit", Want.KEPT)
    assert made.file is None
    assert yaml.safe_load(made.text)["rule"] == "buttons"


@pytest.mark.parametrize(
    ("beginning", "want", "said"),
    [("De brug", Want.KEPT, "nothing of this paragraph"), ("Deel dit", Want.GONE, "not in the text")],
)
def test_a_wish_for_what_is_so_already_is_refused(settings: Settings, beginning: str, want: Want, said: str) -> None:
    """What stayed cannot be brought back, what went cannot go."""
    answer = ask(settings, Wish(number_of(settings, beginning), want))
    assert isinstance(answer, UserError)
    assert said in answer.message


def test_a_paragraph_that_is_not_there_is_refused(settings: Settings) -> None:
    """An address may say any number."""
    assert isinstance(ask(settings, Wish(99, Want.GONE)), UserError)
    assert isinstance(ask(settings, Wish(-1, Want.GONE)), UserError)


def test_a_document_that_is_refused_today_is_said_to_be(settings: Settings) -> None:
    """There is nothing to draft a rule for."""
    opened = open_bytes(b"  \n", uri="x", fetched_at=NOW, limit=100)
    assert isinstance(answer_question(Question(opened), settings), Rejection)


def test_a_rule_is_tried_in_all_of_the_shipped_config(tmp_path: Path) -> None:
    """Beside thousands of others: its id is new, and nothing else in the article changes."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    own = read_settings({"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_CONFIG": str(tmp_path / "config")})
    made = draft(own, "Bel de redactie")
    assert [check.right for check in made.checks] == [True] * 4
