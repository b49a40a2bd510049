"""The second look: decision trees over a block's `MEASURES`, added up to the logarithm of the odds that it is article.

The trees are data, `second_look.json`: one a line, each a list of questions (`measure`, `most`, and where `yes` and
`no` lead; below nought it is a leaf's number, inverted) and the leaves' values. Fitted on labelled pages by
`python -m bench.fit_main_text TABLE... --write`, never changed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

from newsdex.extract.surroundings import MEASURES

_Question = tuple[int, float, int, int]
_Tree = tuple[tuple[_Question, ...], tuple[float, ...]]


def look_again(measures: Sequence[float], trees: Sequence[_Tree] | None = None) -> float:
    """Add up what the trees say about one block."""
    total = 0.0
    for questions, leaves in TREES if trees is None else trees:
        at = 0
        while at >= 0:
            measure, most, yes, no = questions[at]
            at = yes if measures[measure] <= most else no
        total += leaves[~at]
    return total


def read_trees(text: str) -> tuple[_Tree, ...]:
    """Read trees as JSON. Raises `KeyError` for a measure that no longer exists: the trees want a new fit."""
    places = {name: at for at, name in enumerate(MEASURES)}
    return tuple(
        (
            tuple((places[name], most, yes, no) for name, most, yes, no in tree["questions"]),
            tuple(tree["leaves"]),
        )
        for tree in json.loads(text)
    )


TREES = read_trees(files("newsdex.extract").joinpath("second_look.json").read_text("utf-8"))
