"""Labelled pages as the fit of the main text sees them: their blocks with features, votes and the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from bench.labelled import LabelledPage
from newsdex.extract.blocks import read_blocks, strip_unread
from newsdex.extract.excerpt import excerpt
from newsdex.extract.features import describe, describe_votes
from newsdex.extract.html import parse
from newsdex.extract.page import JSON_LD, RESILIPARSE, TRAFILATURA, Page, Said
from newsdex.extract.structured_data import read_metadata
from newsdex.extract.witnesses import Witness, ask_resiliparse, ask_trafilatura

_LEAST_PAGES = 10
"""Pages that a feature has to occur on, to be one."""
_SECOND_SIGHT = 0.5


@dataclass
class Sight:
    """A page as the model sees it, with the slow witness or without."""

    page: LabelledPage
    known: Page
    shares: dict[str, list[float]]
    names: list[list[str]]
    right: list[float]
    importance: list[float]
    importance_alone: list[float]

    @property
    def is_quick(self) -> bool:
        """Whether the slow witness is missing."""
        return TRAFILATURA not in self.shares


def read_sights(page: LabelledPage) -> list[Sight]:
    """Read a page twice, and label each block by the page's gold text, or by its gold snippets."""
    root = parse(page.markup)
    meta = read_metadata(excerpt(root), page.url)
    strip_unread(root)
    known = Page(*read_blocks(root), Said(meta.headlines, meta.description, meta.authors, meta.body))
    known.hear(RESILIPARSE, ask_resiliparse(page.markup))
    known.hear(JSON_LD, Witness(meta.body) if sum(map(len, meta.body)) > 300 else None)
    right, importance = _label(page, known)
    names, sights = describe(known), []
    for quick in (True, False):
        if not quick:
            known.hear(TRAFILATURA, ask_trafilatura(root, page.markup))
        shares = dict(known.shares)
        votes = describe_votes(known)
        weight = _SECOND_SIGHT if quick else 1.0
        judged = [weight * (i if yes else 0.0) for i, yes in zip(importance, known.votable, strict=True)]
        joined = [[*some, *more] for some, more in zip(names, votes, strict=True)]
        sights.append(Sight(page, known, shares, joined, right, judged, importance))
    return sights


def read_sights_of(pages: Iterable[LabelledPage]) -> list[Sight]:
    """Read pages, each twice."""
    return [sight for page in pages for sight in read_sights(page)]


def _label(page: LabelledPage, known: Page) -> tuple[list[float], list[float]]:
    right, importance = [], []
    if "body" in page.labels:
        gold = Witness(max(page.labels["body"], key=len).split("\n"))
        for words in known.words:
            right.append(float(gold.share(words) > 0.5))
            importance.append(60 * min(120, max(3, len(words.words))) / max(300, gold.length))
        return right, importance
    for block in known.blocks:
        inside = any(_flat(piece) in block.text for piece in page.labels["with"])
        outside = any(_flat(piece) in block.text for piece in page.labels["without"])
        right.append(float(inside))
        importance.append(0.0 if inside == outside else 1.0 if inside else 0.4)
    return right, importance


class Features:
    """All sights as one sparse matrix of yes-or-no features each."""

    def __init__(self, sights: Sequence[Sight]) -> None:
        pages_with = Counter(name for sight in sights for name in {name for names in sight.names for name in names})
        common = sorted(name for name, count in pages_with.items() if count >= 2 * _LEAST_PAGES)
        self.order = {name: at for at, name in enumerate(common)}
        self.rows = [self._matrix(sight) for sight in sights]

    def _matrix(self, sight: Sight) -> Any:
        columns: list[int] = []
        starts = [0]
        for names in sight.names:
            columns += [self.order[name] for name in names if name in self.order]
            starts.append(len(columns))
        shape = (len(sight.names), len(self.order))
        return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=shape)


def _flat(text: str) -> str:
    return " ".join(text.split())
