"""An export is safe to open."""

from __future__ import annotations

import csv

import pytest

from newsdex.web.export import COLUMNS, csv_rows


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(begin: str) -> None:
    """Also not for a spreadsheet that takes the wide signs of Chinese and Japanese for the others."""
    article = {"headline": f"{begin}1+1", "authors": [f"{begin}A", "B"], "body": [f"{begin}x"]}
    _header, row = csv.reader(list(csv_rows([article])))
    cells = dict(zip(COLUMNS, row, strict=True))
    assert [cells[name][:2] for name in ("headline", "authors", "body")] == [f"'{begin}"] * 3
