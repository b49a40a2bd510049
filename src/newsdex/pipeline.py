"""The line: extract, clean, enrich. Pure: no network, no clock, no environment."""

from __future__ import annotations

from collections.abc import Callable

from newsdex.clean import clean
from newsdex.enrich import enrich
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.records import Article, RawDocument, Rejection, Stage
from newsdex.rules import Rules


def process(raw: RawDocument, rules: Rules, ended: Callable[[Stage], None] = lambda stage: None) -> Article | Rejection:
    """Turn one raw document into an article, or into a `Rejection` that says where and why it stopped.

    `ended` hears of each stage that is done.
    """
    try:
        extracted = extract(raw)
        ended(Stage.EXTRACT)
        cleaned = clean(extracted, rules)
        ended(Stage.CLEAN)
        article = enrich(cleaned, rules)
        ended(Stage.ENRICH)
    except Rejected as out:
        return Rejection(raw.origin, out.stage, out.reason, out.detail)
    return article
