"""A text tried on the rules: which match it, where they stand, and what becomes of it in a story."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.run.rule_trial import rule_sources, try_examples, try_text
from newsdex.settings import Settings, read_settings

LANGUAGE = """language: nl
rules:
  - id: nl-also
    match: 'lees ook: (?P<section>\\pL+).{0,160}'
    why: link to another story
    examples:
      - {text: 'Lees ook: Brug drie weken dicht', removed: true}
      - {text: 'Lees ook eens een boek, zei ze.', removed: false}
  - id: nl-end
    where: tail
    match: 'einde(?: van het bericht)?'
    why: end mark
    examples:
      - {text: 'Einde', removed: true}
      - {text: 'Het einde kwam snel, zei ze.', removed: false}
  - {id: nl-source, where: block, match: ['bron', '.{2,60}'], why: source, examples: [
      {text: "Bron\\nDe Bode", removed: true}, {text: "Bronnen zwegen.\\nDe Bode zweeg ook.", removed: false}]}
"""
PUBLISHER = """id: bode
name: De Bode
rules:
  - id: bode-desk
    where: tail
    match: 'bel de redactie'
    why: its desk's number
    examples:
      - {text: 'Bel de redactie', removed: true}
      - {text: 'Hij belde de redactie op maandag.', removed: false}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give a config of three rules and a publisher's."""
    config = tmp_path / "config"
    for folder, name, text in (("languages", "nl", LANGUAGE), ("publishers", "bode", PUBLISHER)):
        (config / folder).mkdir(parents=True)
        (config / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    return read_settings({"NEWSDEX_CONFIG": str(config), "NEWSDEX_HOME": str(tmp_path)})


def test_a_rule_that_matches_is_told_with_its_place_in_config_and_what_it_caught(settings: Settings) -> None:
    """So that it can be opened and changed."""
    (line,) = try_text(settings, "Lees ook: Brug drie weken dicht")
    (firing,) = line.firings
    assert (firing.rule.id, firing.source, firing.captured) == (
        "nl-also",
        "config/languages/nl.yaml:3",
        {"section": "Brug"},
    )
    assert set(line.taken.values()) == {"nl-also"}


def test_a_rule_for_the_foot_takes_a_line_only_there(settings: Settings) -> None:
    """Within a story the same line stays."""
    (line,) = try_text(settings, "Einde van het bericht")
    assert line.taken == {"above": None, "within": None, "below": "nl-end"}


def test_lines_of_a_block_are_told_only_when_they_follow_each_other(settings: Settings) -> None:
    """Its second pattern matches nearly anything, which would tell nothing."""
    together = try_text(settings, "Bron\nDe Bode")
    alone = try_text(settings, "De Bode")
    assert [[(firing.rule.id, firing.part) for firing in line.firings] for line in together] == [
        [("nl-source", 1)],
        [("nl-source", 2)],
    ]
    assert alone[0].firings == ()


def test_a_publishers_own_rule_says_whose_documents_it_is_for(settings: Settings) -> None:
    """It matches, but takes nothing out of others' stories."""
    (line,) = try_text(settings, "Bel de redactie")
    assert [(firing.rule.id, firing.publisher) for firing in line.firings] == [("bode-desk", "De Bode")]


def test_every_rule_is_found_in_its_file(settings: Settings) -> None:
    """Also one written in YAML's flow style."""
    assert rule_sources(settings.config) == {
        "nl-also": "config/languages/nl.yaml:3",
        "nl-end": "config/languages/nl.yaml:9",
        "nl-source": "config/languages/nl.yaml:16",
        "bode-desk": "config/publishers/bode.yaml:4",
    }


def test_examples_are_run_for_all_rules_or_for_some(settings: Settings) -> None:
    """By the beginning of their ids."""
    everything, some = try_examples(settings), try_examples(settings, ("bode-", "nl-e"))
    assert (everything[0], len(list(everything[1])), some[0]) == (8, 8, 4)
    assert all(result.right for result in some[1])


def test_an_example_that_comes_out_wrong_is_told(settings: Settings) -> None:
    """With the rule's place in config/."""
    wrong_text = LANGUAGE.replace("Het einde kwam snel, zei ze.", "EINDE")
    (settings.config / "languages" / "nl.yaml").write_text(wrong_text, encoding="utf-8")
    wrong = [result for result in try_examples(settings)[1] if not result.right]
    assert [(result.rule.id, result.source) for result in wrong] == [("nl-end", "config/languages/nl.yaml:9")]
