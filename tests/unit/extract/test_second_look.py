"""The second look: trees that are data."""

from __future__ import annotations

import json

import pytest

from newsdex.extract.second_look import TREES, look_again, read_trees
from newsdex.extract.surroundings import MEASURES


def measures(**known: float) -> list[float]:
    return [known.get(name, 0.0) for name in MEASURES]


def test_a_tree_asks_until_it_comes_to_a_leaf_and_trees_add_up() -> None:
    """At most the measure leads to `yes`, more to `no`; below nought stands a leaf's number, inverted."""
    trees = read_trees(
        json.dumps(
            [
                {"questions": [["sum", 0.5, -1, 1], ["length", 40, -2, -3]], "leaves": [-1.0, 0.25, 2.0]},
                {"questions": [["links", 0.3, -1, -2]], "leaves": [0.5, -3.0]},
            ]
        )
    )
    assert look_again(measures(sum=1.0, length=120.0, links=0.1), trees) == 2.0 + 0.5
    assert look_again(measures(sum=1.0, length=40.0, links=0.9), trees) == 0.25 - 3.0
    assert look_again(measures(sum=0.5, length=900.0), trees) == -1.0 + 0.5


def test_trees_over_a_measure_that_is_gone_are_refused() -> None:
    """Code and trees that do not fit each other are noticed when they load, not by worse texts."""
    with pytest.raises(KeyError):
        read_trees('[{"questions": [["phase-of-the-moon", 1, -1, -2]], "leaves": [0, 1]}]')


def test_the_shipped_trees_believe_the_first_sum() -> None:
    """A higher first sum never makes a block less likely, whatever else is measured."""
    found = [look_again(measures(sum=float(value), length=90.0, words=15.0)) for value in range(-6, 7)]
    assert found == sorted(found)
    assert TREES
