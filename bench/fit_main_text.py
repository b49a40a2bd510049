"""Fit the weights of the main-text vote on labelled pages: `python -m bench.fit_main_text TABLE... [--write]`.

A logistic model over yes-or-no features, one weight each, with a penalty on their squares. The figures it prints are
of publishers the weights had not seen: pages are split into five by publisher, and each fifth is judged by weights from
the others. `--write` fits all pages and writes src/newsdex/extract/weights.py.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from lxml import etree

from bench.labelled import LabelledPage, best_agreement, harmonic, read_pages
from newsdex.extract.blocks import NEVER_TEXT
from newsdex.extract.density import UNSHOWN, choose_by_density, find_furniture
from newsdex.extract.excerpt import excerpt
from newsdex.extract.features import describe
from newsdex.extract.html import parse
from newsdex.extract.main_text import read_page
from newsdex.extract.structured_data import read_metadata
from newsdex.extract.witnesses import Witness, Words

_TABLE = Path(__file__).resolve().parents[1] / "src/newsdex/extract/weights.py"
_FOLDS, _PENALTY, _ROUNDS = 5, 40.0, 12
_LEAST_PAGES_OF_A_FEATURE = 10
_THRESHOLDS = (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75)


@dataclass
class Example:
    """A page as the model sees it."""

    page: LabelledPage
    names: list[list[str]]
    texts: list[str]
    right: list[float]
    importance: list[float]


def read_example(page: LabelledPage) -> Example:
    """Label each block of a page by the page's gold text, or by its gold snippets."""
    root = parse(page.markup)
    said = read_metadata(excerpt(root), page.url)
    etree.strip_elements(root, *NEVER_TEXT, with_tail=False)
    known = read_page(root, page.markup, headlines=said.headlines, description=said.description, body=said.body)
    names = describe(known, choose_by_density(known.blocks, known.places))
    aside = find_furniture(known.blocks, known.places, UNSHOWN)
    right, importance = [], []
    if "body" in page.labels:
        gold = Witness(max(page.labels["body"], key=len).split("\n"))
    for block in known.blocks:
        if "body" in page.labels:
            words = Words(block.text)
            right.append(float(gold.share(words) > 0.5))
            importance.append(60 * min(120, max(3, len(words.words))) / max(300, gold.length))
        else:
            inside = any(_flat(piece) in block.text for piece in page.labels["with"])
            outside = any(_flat(piece) in block.text for piece in page.labels["without"])
            right.append(float(inside))
            importance.append(0.0 if inside == outside else 1.0 if inside else 0.4)
        if block.kind == "caption" or aside[block.place.at]:
            importance[-1] = 0.0
            names[len(right) - 1] = []
    return Example(page, names, [block.text for block in known.blocks], right, importance)


def fit(examples: list[Example]) -> dict[str, float]:
    """Fit the weights by Newton's method."""
    pages_with = Counter(name for example in examples for name in {name for names in example.names for name in names})
    order = {n: at for at, n in enumerate(sorted(n for n, k in pages_with.items() if k >= _LEAST_PAGES_OF_A_FEATURE))}
    rows, right, importance = [], [], []
    for example in examples:
        for names, yes, weight in zip(example.names, example.right, example.importance, strict=True):
            if weight:
                rows.append([order[name] for name in names if name in order])
                right.append(yes)
                importance.append(weight)
    matrix = np.zeros((len(rows), len(order)), dtype=np.float32)
    for at, row in enumerate(rows):
        matrix[at, row] = 1
    target, weight = np.array(right), np.array(importance)
    weights = np.zeros(len(order))
    for _ in range(_ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (weight * (odds - target)) + _PENALTY * weights
        bend = matrix.T @ (matrix * (weight * odds * (1 - odds) + 1e-9)[:, None].astype(np.float32))
        weights -= np.linalg.solve(bend + np.eye(len(order)) * _PENALTY, slope)
    return {name: float(weights[at]) for name, at in order.items()}


def judge(examples: list[Example], table: dict[str, float], threshold: float) -> dict[str, list[tuple[float, float]]]:
    """Give (precision, recall) of each page with a gold body, by the table it is from."""
    found: dict[str, list[tuple[float, float]]] = {}
    for example in examples:
        if "body" in example.page.labels:
            sums = [sum(table.get(name, 0.0) for name in names) for names in example.names]
            kept = [t for t, s, n in zip(example.texts, sums, example.names, strict=True) if n and s > threshold]
            text = "\n".join(dict.fromkeys(kept))
            found.setdefault(example.page.table, []).append(best_agreement(example.page.labels["body"], text))
    return found


def main() -> None:
    """Cross-validate, and with `--write` fit on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    examples = [read_example(page) for table in arguments.tables for page in read_pages(table)]
    folds = [int(hashlib.sha256(e.page.publisher.encode()).hexdigest(), 16) % _FOLDS for e in examples]
    tables = [fit([e for e, f in zip(examples, folds, strict=True) if f != fold]) for fold in range(_FOLDS)]
    best, best_threshold = -1.0, 0.0
    for threshold in _THRESHOLDS:
        pairs: dict[str, list[tuple[float, float]]] = {}
        for fold in range(_FOLDS):
            held_out = [e for e, f in zip(examples, folds, strict=True) if f == fold]
            for name, found in judge(held_out, tables[fold], threshold).items():
                pairs.setdefault(name, []).extend(found)
        figures = {
            name: harmonic(mean(p for p, _ in found), mean(r for _, r in found)) for name, found in pairs.items()
        }
        print(f"held out, threshold {threshold:+.2f}:", {name: round(figure, 4) for name, figure in figures.items()})
        if mean(figures.values()) > best:
            best, best_threshold = mean(figures.values()), threshold
    if arguments.write:
        table = fit(examples)
        table["bias"] -= best_threshold
        lines = [f'    "{name}": {weight:.2f},' for name, weight in sorted(table.items()) if abs(weight) >= 0.02]
        source = _TABLE.read_text("utf-8")
        new = re.sub(r"(?s)(WEIGHTS[^=]*= \{\n).*?(\n\})", lambda m: m.group(1) + "\n".join(lines) + m.group(2), source)
        _TABLE.write_text(new, "utf-8")
        print(f"{len(lines)} weights, threshold {best_threshold:+.2f} in the bias: {_TABLE}")


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
