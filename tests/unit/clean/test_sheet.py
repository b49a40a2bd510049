"""The lines of a document as cleaning sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsdex.clean.sheet import Sheet


@pytest.mark.parametrize(
    ("text", "announces"),
    [
        ("The mayor read out what the repair will cost:", True),
        ("市长 念 出 了 修理 费用 如下：", True),
        ("The mayor read out what the repair will cost.", False),
        ("Read also:", False),
    ],
)
def test_a_line_that_ends_in_a_colon_announces_what_follows(
    lay_out: Callable[..., Sheet], text: str, announces: bool
) -> None:
    """A few words before a colon are a label."""
    assert lay_out(text).lines[0].announces == announces
