"""What matched, marked in strangers' text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newsdex.web.marking import marked

HOSTILE = st.text(st.sampled_from("\ue000\ue001<>&\"'abc ") | st.characters(exclude_categories=("Cs",)), max_size=200)


@given(HOSTILE, st.integers(1, 300))
def test_no_text_becomes_markup(text: str, longest: int) -> None:
    """But for the marks, which are always closed; and it is never longer than it may be."""
    written = str(marked(text, longest))
    inside = re.fullmatch(r"(?:<mark>[^<>]*</mark>|[^<>])*", written)
    assert inside is not None
    shown = re.sub(r"&#?\w+;", "x", re.sub(r"</?mark>", "", written))
    assert len(shown) <= longest + 1
    assert not {"\ue000", "\ue001"} & set(written)
