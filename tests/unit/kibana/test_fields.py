"""The fields of an index, as Kibana sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from saved_objects import shipped_mappings

from newsdex.errors import UserError
from newsdex.kibana.fields import Kind, load_mappings, read_fields


@pytest.mark.parametrize(
    ("name", "kind", "aggregatable", "searchable"),
    [
        ("publisher", Kind.STRING, True, True),
        ("headline", Kind.STRING, False, True),
        ("authors.text", Kind.STRING, False, True),
        ("@timestamp", Kind.DATE, True, True),
        ("word_count", Kind.NUMBER, True, True),
        ("near_duplicate.bands", Kind.STRING, False, True),
        ("near_duplicate.sketch", Kind.STRING, True, False),
        ("removed.text", Kind.STRING, False, False),
        ("extra", Kind.UNKNOWN, False, True),
        ("_id", Kind.STRING, False, True),
    ],
)
def test_a_field_of_the_shipped_mapping(name: str, kind: Kind, aggregatable: bool, searchable: bool) -> None:
    """Doc values make it countable, an index searchable."""
    field = shipped_mappings()["news"][name]
    assert (field.kind, field.aggregatable, field.searchable) == (kind, aggregatable, searchable)


@pytest.mark.parametrize("name", ["origin", "evidence", "evidence.language", "captions"])
def test_an_object_is_no_field(name: str) -> None:
    """Nor is what lies in one that Elasticsearch only keeps."""
    assert name not in shipped_mappings()["news"]


def test_a_mapping_of_nothing_has_what_every_index_has() -> None:
    """The id, the index, the score, the source."""
    assert set(read_fields({})) == {"_id", "_index", "_score", "_source"}


def test_a_file_that_is_no_mapping_is_named(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "news.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"news\.json: not readable as a mapping"):
        load_mappings(tmp_path)
