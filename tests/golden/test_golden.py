"""Whole raw texts and what must become of them: `input.txt` beside `article.json` or `rejection.json`.

A case's folder lies in its language's or its publisher's: below `golden/bbc` all are read as the BBC's documents.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.clean import clean
from newsdex.errors import Rejected
from newsdex.extract.plain_text import extract_plain_text
from newsdex.records import Origin, RawDocument
from newsdex.rules import Rules, load_rules
from newsdex.run.new_publisher import golden_shape

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"
TEXT_CASES = sorted(path.parent for path in HERE.glob("*/*/input.txt"))


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(CONFIG)


def read_case(folder: Path) -> RawDocument:
    content = (folder / "input.txt").read_bytes()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    known = folder.parent.name if (CONFIG / "publishers" / f"{folder.parent.name}.yaml").exists() else None
    origin = Origin(folder.name, moment, "text/plain", hashlib.sha256(content).hexdigest(), publisher=known)
    return RawDocument(origin, content)


@pytest.mark.parametrize("folder", TEXT_CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_raw_text_becomes_what_an_editor_would_make_of_it(folder: Path, rules: Rules) -> None:
    """A case's article has every field as written down, or the document is refused for the reason written down."""
    raw = read_case(folder)
    if (folder / "rejection.json").exists():
        with pytest.raises(Rejected) as refused:
            clean(extract_plain_text(raw), rules)
        assert json.loads((folder / "rejection.json").read_text("utf-8")) == {"reason": str(refused.value.reason)}
        return
    expected = json.loads((folder / "article.json").read_text("utf-8"))
    assert golden_shape(clean(extract_plain_text(raw), rules)) == expected
