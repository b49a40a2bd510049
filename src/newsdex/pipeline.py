"""The line: extract, clean, enrich. Pure: no network, no clock, no environment."""

from __future__ import annotations

from newsdex.clean import clean
from newsdex.enrich import enrich
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.records import Article, RawDocument, Rejection
from newsdex.rules import Rules


def process(raw: RawDocument, rules: Rules) -> Article | Rejection:
    """Turn one raw document into an article, or into a `Rejection` that says where and why it stopped."""
    try:
        return enrich(clean(extract(raw), rules), rules)
    except Rejected as out:
        return Rejection(raw.origin, out.stage, out.reason, out.detail)
