"""The saved objects: what is in them, that they are the same every time, and where their links lead."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from saved_objects import PAGE, Objects, shipped_file, shipped_mappings

from newsdex.kibana import build, load_definition, ndjson
from newsdex.records import Reason, Stage
from newsdex.settings import PROJECT


@pytest.fixture
def objects() -> Objects:
    """Give the shipped objects."""
    return Objects(shipped_file())


def formats(objects: Objects, view: str) -> dict[str, Any]:
    """Give how a data view writes its fields."""
    found: dict[str, Any] = json.loads(objects.get("index-pattern", view)["attributes"]["fieldFormatMap"])
    return found


def test_another_process_makes_the_same_bytes() -> None:
    """Whatever its hash seed: the file can be kept and compared."""
    code = "import sys; from saved_objects import shipped_file; sys.stdout.buffer.write(shipped_file())"
    path = str(PROJECT / "tests" / "support")
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert made == {shipped_file()}


def test_each_object_stands_behind_those_that_it_names(objects: Objects) -> None:
    """So that whoever reads the file line by line has met them."""
    seen: set[tuple[str, str]] = set()
    for each in objects.all:
        assert {(reference["type"], reference["id"]) for reference in each["references"]} <= seen
        seen.add((each["type"], each["id"]))


def test_the_objects_have_the_ids_of_the_definition(objects: Objects) -> None:
    """Stable ids: an import replaces, and links from elsewhere lead somewhere."""
    ids = {(each["type"], each["id"]) for each in objects.all}
    assert ids >= {
        ("index-pattern", "news"),
        ("index-pattern", "news-quarantine"),
        ("index-pattern", "news-runs"),
        ("search", "latest-articles"),
        ("search", "latest-refusals"),
        ("dashboard", "news-overview"),
        ("dashboard", "pipeline-health"),
    }


@pytest.mark.parametrize(
    ("view", "index", "time"),
    [
        ("news", "news", "@timestamp"),
        ("news-arrivals", "news", "indexed_at"),
        ("news-quarantine", "news-quarantine", "quarantined_at"),
        ("news-runs", "news-runs", "stored_at"),
    ],
)
def test_a_data_view_is_filed_by_the_time_that_every_document_has(
    objects: Objects, view: str, index: str, time: str
) -> None:
    """`published_at` is missing where an article does not say it, and such an article would be seen nowhere."""
    attributes = objects.get("index-pattern", view)["attributes"]
    assert (attributes["title"], attributes["timeFieldName"]) == (index, time)


def test_an_articles_id_leads_to_its_page_and_its_address_to_the_original(objects: Objects) -> None:
    """From every table of articles, each in a tab of its own."""
    news = formats(objects, "news")
    assert news["_id"]["params"]["urlTemplate"] == f"{PAGE}/article/{{{{value}}}}"
    assert "urlTemplate" not in news["url"]["params"]
    assert {news[name]["params"]["openLinkInCurrentTab"] for name in ("_id", "url")} == {False}


def test_a_run_leads_to_the_pipeline_page(objects: Objects) -> None:
    """By its id, which stays readable."""
    run = formats(objects, "news-runs")["run_id"]["params"]
    assert run["urlTemplate"] == f"{PAGE}/pipeline?run={{{{value}}}}"
    assert run["labelTemplate"] == "{{value}}"


def test_fields_have_labels_descriptions_and_popularity(objects: Objects) -> None:
    """What Discover shows of a field, and in which order."""
    attributes = json.loads(objects.get("index-pattern", "news")["attributes"]["fieldAttrs"])
    assert attributes["agencies"] == {
        "customLabel": "Agencies",
        "customDescription": "News agencies that supplied the story or are credited with it",
        "count": 70,
    }


def test_what_is_there_for_machines_is_hidden(objects: Objects) -> None:
    """Discover lists no field of a language's own: it holds what headline, standfirst and body hold."""
    with objects.inside("index-pattern", "news", "sourceFilters") as hidden:
        assert {"value": "text_*"} in hidden


def test_every_shown_field_of_an_index_has_a_label(objects: Objects) -> None:
    """No column or chart shows the bare name of a field."""
    for session in (each for each in objects.all if each["type"] == "search"):
        view = session["references"][0]["id"]
        labels = json.loads(objects.get("index-pattern", view)["attributes"]["fieldAttrs"])
        assert set(session["attributes"]["columns"]) <= labels.keys()


def test_the_overview_narrows_by_language_publisher_agency_and_time(objects: Objects) -> None:
    """The controls above it, in this order."""
    with objects.inside("dashboard", "news-overview", "controlGroupInput", "panelsJSON") as controls:
        given = sorted(controls.values(), key=lambda control: control["order"])
        assert [each["explicitInput"].get("fieldName", each["type"]) for each in given] == [
            "language",
            "publisher",
            "agencies",
            "timeSlider",
        ]


def test_a_count_of_nothing_is_zero(objects: Objects) -> None:
    """No run out of balance is good news, not something unknown."""
    with objects.columns("pipeline-health", "unbalanced") as columns:
        assert columns["value-0"]["params"] == {"emptyAsNull": False}


def test_the_address_of_the_page_is_part_of_the_texts(objects: Objects) -> None:
    """No place is left to fill in."""
    content = objects.content().decode()
    assert f"[search page]({PAGE}/)" in content
    assert "{page}" not in content


def test_a_prefix_is_part_of_ids_titles_and_indices() -> None:
    """Two archives share one Kibana, and neither takes the other's objects."""
    definition = load_definition(PROJECT / "config" / "kibana")
    mine = build(definition, shipped_mappings(), page=PAGE)
    theirs = build(definition, shipped_mappings(), page=PAGE, prefix="team-")
    assert not {(each["type"], each["id"]) for each in mine} & {(each["type"], each["id"]) for each in theirs}
    found = Objects(ndjson(theirs))
    assert found.get("index-pattern", "team-news")["attributes"]["title"] == "team-news"
    assert found.get("dashboard", "team-news-overview")["attributes"]["title"] == "News overview (team)"


@pytest.mark.parametrize(("field", "known"), [("reason", Reason), ("stage", Stage)])
def test_saved_queries_ask_for_values_that_there_are(objects: Objects, field: str, known: Any) -> None:
    """A reason that was renamed would find nothing, and nobody would know."""
    from newsdex.kibana.kql import Asked, Joined, parse_kql

    asked = []
    for each in (each for each in objects.all if each["type"] == "query"):
        question = parse_kql(each["attributes"]["query"]["query"])
        parts = question.parts if isinstance(question, Joined) else (question,)
        asked += [part.value.text for part in parts if isinstance(part, Asked) and part.field == field]
    assert set(asked) <= {str(value) for value in known}
    assert field == "stage" or asked
