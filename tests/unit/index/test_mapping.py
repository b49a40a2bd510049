"""The shipped mapping and the rest of the project say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from example_articles import NOW, make_article, make_rejection

from newsdex.index.balance import BalanceSheet
from newsdex.index.document import document, quarantine_document
from newsdex.index.templates import read_mapping
from newsdex.node.distribution import SOURCES
from newsdex.settings import read_settings

NEWS = read_mapping(read_settings({}), "news")
PROPERTIES = NEWS["mappings"]["properties"]


def fields(properties: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """List the leaves of a mapping by their full names."""
    found = {}
    for name, field in properties.items():
        inner = field.get("properties")
        found |= fields(inner, f"{prefix}{name}.") if inner else {f"{prefix}{name}": field}
    return found


def test_every_field_of_an_article_has_its_own_name_in_the_index() -> None:
    """The record's JSON names are the index's; the id is Elasticsearch's `_id`."""
    assert set(make_article().as_dict()) - {"id"} <= set(PROPERTIES)


def test_every_field_of_the_origin_is_there() -> None:
    """In the index of articles and in quarantine."""
    quarantine = read_mapping(read_settings({}), "news-quarantine")["mappings"]["properties"]
    for properties in (PROPERTIES, quarantine):
        assert set(make_article().origin.as_dict()) == set(properties["origin"]["properties"])


@pytest.mark.parametrize("name", ["news", "news-quarantine", "news-runs", "news-revisions", "news-scorecards"])
def test_an_unknown_field_is_refused(name: str) -> None:
    """And the version of the mapping is written in it."""
    mapping = read_mapping(read_settings({}), name)["mappings"]
    assert mapping["dynamic"] == "strict"
    assert mapping["_meta"]["schema_version"] >= 1


def test_no_keyword_can_be_too_long() -> None:
    """A term of over 32,766 bytes is refused with its whole document; four bytes a character at most."""
    keywords = {name: field for name, field in fields(PROPERTIES).items() if field["type"] in ("keyword", "flattened")}
    assert keywords
    assert all(field.get("ignore_above", 10**9) * 4 <= 32_766 for field in keywords.values())


def test_every_language_leads_to_an_object_of_three_texts() -> None:
    """And every object is reached by a language."""
    objects = {name: field for name, field in PROPERTIES.items() if name.startswith("text_")}
    assert set(NEWS["mappings"]["_meta"]["language_fields"].values()) == set(objects)
    assert all(set(field["properties"]) == {"headline", "standfirst", "body"} for field in objects.values())


def test_every_analyzer_of_the_mapping_is_in_the_plugin() -> None:
    """Each used once, and none of the plugin's left over."""
    components = json.loads((SOURCES / "src/main/plugin/named_components.json").read_text(encoding="utf-8"))
    used = {field["analyzer"] for name, field in fields(PROPERTIES).items() if name.startswith("text_")}
    assert used == set(components["org.elasticsearch.plugin.analysis.AnalyzerFactory"])


def test_every_component_of_the_plugin_has_its_class() -> None:
    """The list that the server reads names classes and names that stand in the source."""
    components = json.loads((SOURCES / "src/main/plugin/named_components.json").read_text(encoding="utf-8"))
    for listed in components.values():
        for name, path in listed.items():
            package, _, inner = path.partition("$")
            source = (SOURCES / "src/main/java" / (package.replace(".", "/") + ".java")).read_text(encoding="utf-8")
            assert f'@NamedComponent("{name}")' in source
            assert f"class {inner or package.rpartition('.')[2]} " in source


def test_a_search_bar_without_fields_searches_what_people_read() -> None:
    """Kibana's bar, and every client that names no field."""
    assert NEWS["settings"]["index"]["query.default_field"][:3] == ["headline", "standfirst", "body"]


def test_whatever_is_written_is_mapped() -> None:
    """The documents that the writer makes, the quarantine's and the runs'."""
    language_fields = NEWS["mappings"]["_meta"]["language_fields"]
    signed = document(make_article(" ".join(f"word{number}" for number in range(60))), NOW, language_fields)
    assert {*signed, "cluster_id", "version"} <= set(PROPERTIES)
    assert set(signed["near_duplicate"]) == set(PROPERTIES["near_duplicate"]["properties"])
    quarantine = read_mapping(read_settings({}), "news-quarantine")["mappings"]["properties"]
    assert set(quarantine_document(make_rejection(), NOW, "id")) <= set(quarantine)
    runs = read_mapping(read_settings({}), "news-runs")["mappings"]["properties"]
    assert {*BalanceSheet().as_dict(), "run_id", "stored_at"} <= set(runs)
    assert set(BalanceSheet().as_dict()["outcomes"]) == set(runs["outcomes"]["properties"])
