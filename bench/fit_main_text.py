"""Fit the vote on the main text to labelled pages: `python -m bench.fit_main_text TABLE... [--write]`.

First the weights: a logistic model over yes-or-no features with a penalty on their squares. Then the second look:
small boosted trees over the measures of a block's surroundings, with first sums that the block's publisher had no part
in, as it will be on new pages. Each page is seen twice, with and without the slow witness, so that neither look learns
to lean on it. The figures are of publishers that nothing had seen: pages are split into five by publisher, and each
fifth is judged by what the others taught. `--write` fits all pages and writes weights.py and second_look.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import lightgbm
import numpy as np
from scipy import sparse

from bench.labelled import LabelledPage, best_agreement, harmonic, read_pages
from bench.sights import Features, Sight, read_sights_of
from newsdex.extract import main_text, second_look
from newsdex.extract.main_text import DOUBT, HOPELESS, choose, doubt
from newsdex.extract.page import JSON_LD, RESILIPARSE, TRAFILATURA
from newsdex.extract.surroundings import MEASURES, Surroundings

_EXTRACT = Path(__file__).resolve().parents[1] / "src/newsdex/extract"
_FOLDS, _INNER_FOLDS, _PENALTY, _ROUNDS = 5, 4, 40.0, 10
_LEAST_WEIGHT = 0.02
_THRESHOLDS = (-0.25, 0.0, 0.25, 0.5)
"""Nought is what is shipped, though more would score a little higher: beyond it lists below a heading get lost."""
_TREES = 120
_BOOSTING: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.07,
    "num_leaves": 8,
    "min_data_in_leaf": 100,
    "lambda_l2": 20.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "verbosity": -1,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "monotone_constraints": [int(name in ("sum", RESILIPARSE, TRAFILATURA, JSON_LD)) for name in MEASURES],
}


def fit_weights(features: Features, sights: Sequence[Sight], chosen: Sequence[int]) -> Any:
    """Fit the weights by Newton's method on the chosen sights."""
    matrix = sparse.vstack([features.rows[at] for at in chosen]).tocsr()
    target = np.concatenate([sights[at].right for at in chosen])
    weight = np.concatenate([sights[at].importance for at in chosen])
    matrix, target, weight = matrix[weight > 0], target[weight > 0], weight[weight > 0]
    weights = np.zeros(matrix.shape[1])
    for _ in range(_ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (weight * (odds - target)) + _PENALTY * weights
        bend = (matrix.T @ sparse.diags(weight * odds * (1 - odds) + 1e-9) @ matrix).toarray()
        weights -= np.linalg.solve(bend + np.eye(len(weights)) * _PENALTY, slope)
    return weights


def sum_unseen(features: Features, sights: Sequence[Sight], chosen: Sequence[int]) -> dict[int, Any]:
    """Give the first sums of the chosen sights, each by weights from the other publishers."""
    inner = {at: _fold(sights[at].page, _INNER_FOLDS, "inner") for at in chosen}
    sums = {}
    for fold in range(_INNER_FOLDS):
        weights = fit_weights(features, sights, [at for at in chosen if inner[at] != fold])
        sums.update({at: features.rows[at] @ weights for at in chosen if inner[at] == fold})
    return sums


def measure(sight: Sight, sums: Sequence[float]) -> dict[int, list[float]]:
    """Measure the blocks that are looked at again."""
    sight.known.shares = sight.shares
    around = Surroundings(sight.known, sums)
    return {at: around.measure(at) for at, v in enumerate(sums) if sight.known.votable[at] and v > HOPELESS}


def fit_trees(sights: Sequence[Sight], sums: dict[int, Any]) -> lightgbm.Booster:
    """Fit the second look."""
    rows, right, importance = [], [], []
    for at, values in sums.items():
        for block, measures in measure(sights[at], values).items():
            if sights[at].importance[block]:
                rows.append(measures)
                right.append(sights[at].right[block])
                importance.append(sights[at].importance[block])
    return lightgbm.train(_BOOSTING, lightgbm.Dataset(np.array(rows), np.array(right), weight=importance), _TREES)


def score(sight: Sight, sums: Any, trees: lightgbm.Booster) -> Any:
    """Score a page's blocks as `newsdex.extract.main_text` does."""
    scores = np.array(sums, dtype=float)
    found = measure(sight, sums)
    if found:
        scores[list(found)] = trees.predict(np.array(list(found.values())), raw_score=True)
    return scores


Found = dict[tuple[str, str], list[tuple[float, float]]]


def judge(quick: Sight, whole: Sight, scores: tuple[Any, Any], threshold: float, found: Found) -> None:
    """Compare what is chosen on one page with its gold text, by when the slow witness is asked."""
    unsure = doubt(quick.known, list(scores[0] - threshold)) > DOUBT
    for name, chosen in (("never", scores[0]), ("in doubt", scores[int(unsure)]), ("always", scores[1])):
        places = sorted(choose(whole.known, list(chosen - threshold)))
        blocks = [whole.known.blocks[at] for at in places if whole.known.votable[at]]
        text = "\n".join(block.text for block in blocks if block.text not in whole.known.said.headlines)
        found.setdefault((whole.page.table, name), []).append(best_agreement(whole.page.labels["body"], text))
    found.setdefault((whole.page.table, "asked"), []).append((float(unsure), float(unsure)))


@dataclass(frozen=True)
class Fold:
    """What was fitted without the publishers of one fold."""

    number: int
    weights: dict[str, float]
    trees: list[dict[str, Any]]


def hold_out(sights: Sequence[Sight], features: Features) -> list[Fold]:
    """Judge each publisher by what the others taught, print it for several thresholds, and give what was fitted."""
    places = [_fold(sight.page, _FOLDS, "") for sight in sights]
    found: dict[float, Found] = {threshold: {} for threshold in _THRESHOLDS}
    folds = []
    for fold in range(_FOLDS):
        seen = [at for at in range(len(sights)) if places[at] != fold]
        trees = fit_trees(sights, sum_unseen(features, sights, seen))
        weights = fit_weights(features, sights, seen)
        folds.append(Fold(fold, tell_weights(features, weights), tell_trees(trees)))
        for at in range(0, len(sights), 2):
            if places[at] == fold and "body" in sights[at].page.labels:
                pair = sights[at], sights[at + 1]
                scores = tuple(score(s, features.rows[at + i] @ weights, trees) for i, s in enumerate(pair))
                for threshold, figures in found.items():
                    judge(*pair, (scores[0], scores[1]), threshold, figures)
    for threshold, figures in found.items():
        shown = {" ".join(name): round(_figure(pairs), 4) for name, pairs in figures.items()}
        print(f"held out, threshold {threshold:+.2f}:", shown, file=sys.stderr, flush=True)
    return folds


def fit_folds(sights: Sequence[Sight]) -> list[Fold]:
    """Fit without each fold's publishers in turn, as `write` would fit them all."""
    return hold_out(sights, Features(sights))


def held_out_tables(
    pages: Iterable[LabelledPage], folds: Sequence[Fold]
) -> Iterator[tuple[LabelledPage, AbstractContextManager[None]]]:
    """Give each page with a context in which the line reads it by what other publishers taught."""
    fitted = {fold.number: _InPlace(fold.weights, second_look.read_trees(json.dumps(fold.trees))) for fold in folds}
    for page in pages:
        yield page, fitted[_fold(page, _FOLDS, "")]


class _InPlace(AbstractContextManager[None]):
    """Has `newsdex.extract` use other weights and trees than those it is shipped with."""

    def __init__(self, weights: dict[str, float], trees: Any) -> None:
        self._weights, self._trees = weights, trees

    def __enter__(self) -> None:
        self._shipped = main_text.WEIGHTS, second_look.TREES
        self._use(self._weights, self._trees)

    def __exit__(self, *failure: object) -> None:
        self._use(*self._shipped)

    @staticmethod
    def _use(weights: dict[str, float], trees: Any) -> None:
        vars(main_text)["WEIGHTS"], vars(second_look)["TREES"] = weights, trees


def tell_weights(features: Features, weights: Any) -> dict[str, float]:
    """Name the weights, rounded as they are written; the smallest are left out."""
    table = {name: float(weights[at]) for name, at in sorted(features.order.items())}
    return {name: round(weight, 2) for name, weight in table.items() if abs(weight) >= _LEAST_WEIGHT}


def tell_trees(trees: lightgbm.Booster) -> list[dict[str, Any]]:
    """Give the trees in the shape of second_look.json."""
    return [_read_tree(info["tree_structure"]) for info in trees.dump_model()["tree_info"]]


def write(sights: Sequence[Sight], features: Features) -> None:
    """Fit all pages and write both tables."""
    everything = range(len(sights))
    weights = fit_weights(features, sights, everything)
    trees = fit_trees(sights, sum_unseen(features, sights, everything))
    lines = [f'    "{name}": {weight:.2f},' for name, weight in tell_weights(features, weights).items()]
    path = _EXTRACT / "weights.py"
    new = re.sub(
        r"(?s)(WEIGHTS[^=]*= \{\n).*?(\n\})",
        lambda m: m.group(1) + "\n".join(lines) + m.group(2),
        path.read_text("utf-8"),
    )
    path.write_text(new, "utf-8")
    shapes = tell_trees(trees)
    (_EXTRACT / "second_look.json").write_text(
        "[\n" + ",\n".join(json.dumps(shape, separators=(",", ":")) for shape in shapes) + "\n]\n", "utf-8"
    )
    print(f"{len(lines)} weights, {len(shapes)} trees: {_EXTRACT}")


def _read_tree(root: dict[str, Any]) -> dict[str, Any]:
    """Turn LightGBM's nested nodes into a list of questions, the first one first, and a list of leaves."""
    questions: list[Any] = []
    leaves: list[float] = []

    def visit(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"], 4))
            return ~(len(leaves) - 1)
        at = len(questions)
        questions.append([])
        branches = visit(node["left_child"]), visit(node["right_child"])
        questions[at] = [MEASURES[node["split_feature"]], float(f"{node['threshold']:.5g}"), *branches]
        return at

    visit(root)
    return {"questions": questions, "leaves": leaves}


def _figure(pairs: list[tuple[float, float]]) -> float:
    return harmonic(mean(p for p, _ in pairs), mean(r for _, r in pairs))


def _fold(page: LabelledPage, folds: int, salt: str) -> int:
    return int(hashlib.sha256((page.publisher + salt).encode()).hexdigest(), 16) % folds


def main() -> None:
    """Judge with publishers held out, and with `--write` fit on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sights = read_sights_of(page for table in arguments.tables for page in read_pages(table))
    features = Features(sights)
    hold_out(sights, features)
    if arguments.write:
        write(sights, features)


if __name__ == "__main__":
    main()
