"""The check of saved objects: the shipped ones are right, and each fault that is put in is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from saved_objects import Break, Objects, shipped_file, shipped_mappings

from newsdex.kibana import Fault, check

OVERVIEW = "news-overview"
HEALTH = "pipeline-health"

FAULTS: dict[str, tuple[Break, str]] = {}


def fault(sentence: str) -> Callable[[Break], Break]:
    """Enter a way to break the objects, with the sentence that has to be told."""

    def enter(broken: Break) -> Break:
        FAULTS[broken.__name__] = (broken, sentence)
        return broken

    return enter


def faults(objects: Objects) -> list[str]:
    """Give the sentences that the check tells."""
    return [str(each) for each in check(objects.content(), shipped_mappings())]


# The form


@fault("dashboard news-overview: title: Field required")
def without_title(objects: Objects) -> None:
    del objects.get("dashboard", OVERVIEW)["attributes"]["title"]


@fault("search latest-articles: sortOrder: Extra inputs are not permitted")
def unknown_attribute(objects: Objects) -> None:
    objects.get("search", "latest-articles")["attributes"]["sortOrder"] = "desc"


@fault("dashboard news-overview: timeRestore: Input should be a valid boolean")
def text_for_a_switch(objects: Objects) -> None:
    objects.get("dashboard", OVERVIEW)["attributes"]["timeRestore"] = "yes"


@fault("dashboard news-overview: panelsJSON: Invalid JSON: EOF while parsing a list at line 1 column 1")
def broken_inner_json(objects: Objects) -> None:
    objects.get("dashboard", OVERVIEW)["attributes"]["panelsJSON"] = "["


@fault("dashboard news-overview: timeFrom: String should match pattern")
def time_that_is_none(objects: Objects) -> None:
    objects.get("dashboard", OVERVIEW)["attributes"]["timeFrom"] = "last year"


@fault("visualisation x: the type 'visualisation' is none of tag, index-pattern, query, search, dashboard")
def unknown_type(objects: Objects) -> None:
    objects.all.append({**objects.get("query", "agency-stories"), "id": "x", "type": "visualisation"})


@fault("dashboard pipeline-health: typeMigrationVersion 10.9.0 is newer than 10.2.0")
def too_new_for_kibana(objects: Objects) -> None:
    objects.get("dashboard", HEALTH)["typeMigrationVersion"] = "10.9.0"


@fault("search latest-runs: is in the file 2 times; Kibana refuses the whole file")
def twice_the_same(objects: Objects) -> None:
    objects.all.append(objects.get("search", "latest-runs"))


# What names what


@fault("search latest-articles: names index-pattern articles, which is not in the file")
def data_view_that_is_not_there(objects: Objects) -> None:
    objects.get("search", "latest-articles")["references"][0]["id"] = "articles"


@fault("dashboard news-overview, panel latest: has no reference latest:panel_latest to a search")
def session_without_reference(objects: Objects) -> None:
    dashboard = objects.get("dashboard", OVERVIEW)
    dashboard["references"] = [each for each in dashboard["references"] if each["name"] != "latest:panel_latest"]


@fault("dashboard news-overview: nothing uses the reference old:panel_old")
def reference_left_over(objects: Objects) -> None:
    left = {"type": "search", "id": "latest-runs", "name": "old:panel_old"}
    objects.get("dashboard", OVERVIEW)["references"].append(left)


@fault("dashboard news-overview, panel languages: its own reference leads to news-runs, the dashboard's to news")
def two_references_that_differ(objects: Objects) -> None:
    with objects.panel(OVERVIEW, "languages") as panel:
        panel["embeddableConfig"]["attributes"]["references"][0]["id"] = "news-runs"


@fault("dashboard news-overview, control publisher: has no reference controlGroup_publisher:optionsListDataView")
def control_without_data_view(objects: Objects) -> None:
    references = objects.get("dashboard", OVERVIEW)["references"]
    references[:] = [each for each in references if not each["name"].startswith("controlGroup_publisher")]


# The layout


@fault("dashboard news-overview, panel languages: reaches column 60 of 48")
def wider_than_the_grid(objects: Objects) -> None:
    with objects.panel(OVERVIEW, "languages") as panel:
        panel["gridData"]["w"] = 24


@fault("dashboard news-overview, panel languages: lies over the panel articles-over-time")
def one_over_the_other(objects: Objects) -> None:
    with objects.panel(OVERVIEW, "languages") as panel:
        panel["gridData"]["x"] = 30


@fault("dashboard pipeline-health: has a hole at column 44, row 0")
def hole(objects: Objects) -> None:
    with objects.panel(HEALTH, "waiting-in-quarantine") as panel:
        panel["gridData"]["w"] = 4


@fault("panelsJSON.0.visualization.gridData.x: Input should be greater than or equal to 0")
def left_of_the_grid(objects: Objects) -> None:
    with objects.panel(OVERVIEW, "welcome") as panel:
        panel["gridData"]["x"] = -1


@fault("dashboard news-overview, panel latest: its place is that of last")
def place_of_another(objects: Objects) -> None:
    with objects.panel(OVERVIEW, "latest") as panel:
        panel["gridData"]["i"] = "last"


# Fields


@fault("dashboard news-overview, panel top-sections: there is no field sections in news")
def field_that_is_not_there(objects: Objects) -> None:
    with objects.columns(OVERVIEW, "top-sections") as columns:
        columns["row-0"]["sourceField"] = "sections"


@fault("panel top-publishers: counts the values of headline, which is text: only fields with doc values")
def terms_of_a_text(objects: Objects) -> None:
    with objects.columns(OVERVIEW, "top-publishers") as columns:
        columns["row-0"]["sourceField"] = "headline"


@fault("panel refused-sources: counts the values of _id, which is keyword: only fields with doc values")
def terms_of_the_id(objects: Objects) -> None:
    with objects.columns(HEALTH, "refused-sources") as columns:
        columns["row-0"]["sourceField"] = "_id"


@fault("panel inputs: takes the sum of run_id, which is keyword, not a number")
def sum_of_names(objects: Objects) -> None:
    with objects.columns(HEALTH, "inputs") as columns:
        columns["value-0"]["sourceField"] = "run_id"


@fault("panel articles-over-time: draws over time by publisher, which is keyword, not a date")
def time_axis_of_names(objects: Objects) -> None:
    with objects.columns(OVERVIEW, "articles-over-time") as columns:
        columns["time"]["sourceField"] = "publisher"


@fault("index-pattern news: is filed by timestamp_source, which is keyword, not a date")
def time_field_that_is_no_time(objects: Objects) -> None:
    objects.get("index-pattern", "news")["attributes"]["timeFieldName"] = "timestamp_source"


@fault("index-pattern news: looks at articles, and there is a mapping of")
def unknown_index(objects: Objects) -> None:
    objects.get("index-pattern", "news")["attributes"]["title"] = "articles"


@fault("index-pattern news: there is no field title in news")
def label_of_no_field(objects: Objects) -> None:
    with objects.inside("index-pattern", "news", "fieldAttrs") as labels:
        labels["title"] = {"customLabel": "Title"}


@fault("index-pattern news: writes publisher as number, and it is keyword")
def format_of_another_kind(objects: Objects) -> None:
    with objects.inside("index-pattern", "news", "fieldFormatMap") as formats:
        formats["publisher"] = {"id": "number", "params": {"pattern": "0,0"}}


@fault("index-pattern news: the link of _id is no address of the web: /article/{{value}}")
def link_into_kibana_itself(objects: Objects) -> None:
    with objects.inside("index-pattern", "news", "fieldFormatMap") as formats:
        formats["_id"]["params"]["urlTemplate"] = "/article/{{value}}"


@fault("index-pattern news-arrivals, computed field lag: there is no field fetched_at in news")
def script_of_no_field(objects: Objects) -> None:
    with objects.inside("index-pattern", "news-arrivals", "runtimeFieldMap") as computed:
        script = computed["lag"]["script"]
        script["source"] = script["source"].replace("origin.fetched_at", "fetched_at")


@fault("search latest-articles: there is no field title in news")
def column_of_no_field(objects: Objects) -> None:
    objects.get("search", "latest-articles")["attributes"]["columns"].append("title")


@fault("search latest-articles: sorts by headline, which is text")
def sorted_by_text(objects: Objects) -> None:
    objects.get("search", "latest-articles")["attributes"]["sort"] = [["headline", "asc"]]


@fault("search latest-articles: splits its chart by @timestamp, which is date, not a boolean or number or string")
def split_by_time(objects: Objects) -> None:
    objects.get("search", "latest-articles")["attributes"]["breakdownField"] = "@timestamp"


@fault("dashboard news-overview, control agency: lists the values of body, which is text")
def control_of_a_text(objects: Objects) -> None:
    with objects.control(OVERVIEW, "agency") as control:
        control["explicitInput"]["fieldName"] = "body"


@fault("dashboard pipeline-health, control reason: empties the panel inputs: there is no field reason in news-runs")
def control_that_empties_other_panels(objects: Objects) -> None:
    dashboard = objects.get("dashboard", HEALTH)
    name = "controlGroup_reason:optionsListDataView"
    dashboard["references"].append({"type": "index-pattern", "id": "news-quarantine", "name": name})
    with objects.inside("dashboard", HEALTH, "controlGroupInput", "panelsJSON") as controls:
        given = {"id": "reason", "title": "Reason", "fieldName": "reason"}
        controls["reason"] = {**controls["time"], "order": 1, "type": "optionsListControl", "explicitInput": given}


@fault("index-pattern news: hides texts_*, and there is no such field in news")
def hidden_field_that_is_not_there(objects: Objects) -> None:
    with objects.inside("index-pattern", "news", "sourceFilters") as hidden:
        hidden.append({"value": "texts_*"})


@fault("index-pattern news: hides headline by head*, and gives it a label")
def hidden_field_that_is_shown(objects: Objects) -> None:
    with objects.inside("index-pattern", "news", "sourceFilters") as hidden:
        hidden.append({"value": "head*"})


# Queries


@fault("query agency-stories: the query 'agency : *' asks for agency, and no data view has that")
def query_of_no_field(objects: Objects) -> None:
    objects.get("query", "agency-stories")["attributes"]["query"]["query"] = "agency : *"


@fault("query agency-stories: the query 'agencies : (AFP' is no KQL: it ends in the middle")
def query_that_is_none(objects: Objects) -> None:
    objects.get("query", "agency-stories")["attributes"]["query"]["query"] = "agencies : (AFP"


@fault("panel unbalanced: the query 'balance : false' asks for balance, and there is no such field in news-runs")
def filter_of_no_field(objects: Objects) -> None:
    with objects.columns(HEALTH, "unbalanced") as columns:
        columns["value-0"]["filter"]["query"] = "balance : false"


# Charts


@fault("panel languages: shows the column value-1, and there is none")
def column_that_is_not_computed(objects: Objects) -> None:
    with objects.chart(OVERVIEW, "languages") as state:
        state["visualization"]["layers"][0]["metrics"] = ["value-0", "value-1"]


@fault("panel articles-over-time: computes the column split, and shows it nowhere")
def column_that_is_not_shown(objects: Objects) -> None:
    with objects.chart(OVERVIEW, "articles-over-time") as state:
        del state["visualization"]["layers"][0]["splitAccessor"]


@fault("panel top-authors: orders row-0 by the column value-9, and there is none")
def order_by_no_column(objects: Objects) -> None:
    with objects.columns(OVERVIEW, "top-authors") as columns:
        columns["row-0"]["params"]["orderBy"]["columnId"] = "value-9"


@fault("panel last-run: dataType of 'Last run ended' is number, and stored_at is date")
def time_shown_as_a_number(objects: Objects) -> None:
    with objects.columns(HEALTH, "last-run") as columns:
        columns["value-0"]["dataType"] = "number"


@fault("panel most-copied: shows the layer other, and there is none")
def layer_that_is_not_there(objects: Objects) -> None:
    with objects.chart(OVERVIEW, "most-copied") as state:
        state["visualization"]["layerId"] = "other"


def test_the_shipped_objects_are_right() -> None:
    """What is built of config/kibana has no fault."""
    assert check(shipped_file(), shipped_mappings()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told(name: str) -> None:
    """With where it is, and what is wrong, in a sentence."""
    broken, sentence = FAULTS[name]
    objects = Objects(shipped_file())
    broken(objects)
    told = faults(objects)
    assert [each for each in told if sentence in each], told


@pytest.mark.parametrize("name", ["terms_of_a_text", "filter_of_no_field", "sorted_by_text", "hole"])
def test_a_fault_is_told_alone(name: str) -> None:
    """What is right beside it is not said to be wrong."""
    objects = Objects(shipped_file())
    FAULTS[name][0](objects)
    assert len(faults(objects)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file: holds no object"),
        (b"{", "line 1: is not JSON: Expecting property name enclosed in double quotes"),
        (b"[]", "line 1: Input should be a valid dictionary or instance of Envelope"),
        (b'{"id": "x", "type": "tag", "attributes": {}}', "line 1: references: Field required"),
        (b"\n<html>Sign in</html>", "line 2: is not JSON"),
    ],
)
def test_a_file_that_is_none_is_told(content: bytes, sentence: str) -> None:
    """By the number of the line."""
    told = [str(each) for each in check(content, shipped_mappings())]
    assert [each for each in told if sentence in each], told


def test_an_export_of_kibanas_is_read_to_its_end() -> None:
    """The last line of an export counts the others; what Kibana notes of each object is no fault."""
    objects = Objects(shipped_file())
    for each in objects.all:
        each |= {
            "created_at": "2026-01-02T08:00:00.000Z",
            "updated_at": "2026-01-02T08:00:00.000Z",
            "version": "WzEsMV0=",
        }
    summary: dict[str, Any] = {"exportedCount": len(objects.all), "missingRefCount": 0, "missingReferences": []}
    assert check(objects.content() + json.dumps(summary).encode(), shipped_mappings()) == []


def test_a_data_view_of_a_prefixed_index_is_known_by_the_prefix() -> None:
    """The mapping is that of the name behind it."""
    objects = Objects(shipped_file())
    for each in objects.all:
        if each["type"] == "index-pattern":
            each["attributes"]["title"] = f"team-{each['attributes']['title']}"
    assert check(objects.content(), shipped_mappings(), prefix="team-") == []
    assert "index-pattern news" in {each.where for each in check(objects.content(), shipped_mappings())}


def test_a_fault_has_a_shape_for_machines() -> None:
    """Where and what, apart."""
    assert Fault("query x", "is wrong").as_dict() == {"where": "query x", "what": "is wrong"}
