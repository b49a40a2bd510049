"""The archive in Elasticsearch: its indices, what is written to them and how, and the search over them."""

from newsdex.index.balance import BalanceSheet, Unbalanced
from newsdex.index.client import connect
from newsdex.index.document import document
from newsdex.index.query import BadQuery, Order, Query
from newsdex.index.search import SearchResult, search
from newsdex.index.templates import Names, ensure_indices
from newsdex.index.writer import Outcome, Written, write

__all__ = [
    "BadQuery",
    "BalanceSheet",
    "Names",
    "Order",
    "Outcome",
    "Query",
    "SearchResult",
    "Unbalanced",
    "Written",
    "connect",
    "document",
    "ensure_indices",
    "search",
    "write",
]
