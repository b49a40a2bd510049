"""The search page, its answers for programs, and what the search box suggests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from newsdex.index.facets import FACETS, Facet
from newsdex.index.query import FILTERS, Order, Query, first_day, last_day
from newsdex.index.query_language import FIELDS, field_named
from newsdex.index.search import SearchResult, search
from newsdex.index.suggestions import suggest
from newsdex.web.asked import MARKS, Asked, counted_filters, read_asked
from newsdex.web.bars import draw
from newsdex.web.feeds import write_feed
from newsdex.web.frame import address_of, client_of, language_fields_of, page, root_of, settings_of
from newsdex.web.links import safe_link
from newsdex.web.marking import marked
from newsdex.web.wording import flag_name, language_name

_TITLES = {
    "language": "Language",
    "publisher": "Publisher",
    "agencies": "Agency",
    "section": "Section",
    "authors": "Author",
    "flags": "Quality",
}
_ORDERS = {
    Order.RELEVANCE: "Relevance",
    Order.NEWEST: "Newest",
    Order.OLDEST: "Oldest",
    Order.ARRIVAL: "Last arrived",
}
_FEED = 50
_OPEN = 8
"""Values of a facet that are shown at once; the others are behind a click."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter that can be chosen: how it is called, and how many articles have it."""

    value: str
    shown: str
    facet: Facet


@dataclass(frozen=True, slots=True)
class Panel:
    """One facet: chosen values first, then the commonest."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]


def make_router() -> APIRouter:
    """Make the routes of the search."""
    router = APIRouter()

    @router.get("/")
    def search_page(request: Request) -> Response:
        asked = read_asked(request.query_params)
        result = find(request, asked.query)
        return page(
            request,
            "search.html",
            asked=asked,
            query=asked.query,
            result=result,
            hits=[(hit, hit.as_dict()) for hit in result.hits],
            panels=panels(result),
            chips=chips(asked),
            filters=counted_filters(asked.query),
            drawing=draw(result.timeline) if result.timeline else None,
            orders=_orders(asked.query),
            since=first_day(asked.query.since).isoformat() if asked.query.since else "",
            until=last_day(asked.query.until).isoformat() if asked.query.until else "",
            unknown=unknown_fields(asked.query),
            fields=FIELDS,
            marked=marked,
            marks=MARKS[1],
            safe_link=safe_link,
        )

    @router.get("/search.json")
    def search_json(request: Request) -> Response:
        asked = read_asked(request.query_params)
        query = replace(asked.query, tags=("<em>", "</em>"))
        result = find(request, query)
        here = f"{root_of(request)}/search.json"
        onward = {
            "next_url": asked.address(here, after=result.next) if result.next else None,
            "previous_url": asked.address(here, before=result.previous) if result.previous else None,
        }
        return JSONResponse({"query": dict(_said(asked)), **result.as_dict(), **onward})

    @router.get("/search.atom")
    def search_atom(request: Request) -> Response:
        asked = read_asked(request.query_params)
        # By arrival: what was published last week and fetched today is new to who follows.
        query = replace(asked.query, order=Order.ARRIVAL, size=_FEED, after=None, before=None, tags=("", ""))
        feed = write_feed(asked, find(request, query), address_of(request))
        return Response(feed, media_type="application/atom+xml; charset=utf-8")

    @router.get("/suggest")
    def suggestions(request: Request, q: str = "") -> Response:
        found = (
            suggest(client_of(request), q[-300:], prefix=settings_of(request).index_prefix) if len(q) <= 1000 else []
        )
        return JSONResponse([each.as_dict() for each in found])

    return router


def find(request: Request, query: Query) -> SearchResult:
    """Search the archive that the page stands before."""
    fields = language_fields_of(request)
    return search(client_of(request), query, prefix=settings_of(request).index_prefix, language_fields=fields)


def panels(result: SearchResult) -> list[Panel]:
    """Make the filters that can be chosen from the facets; one without any value is left out."""
    made = []
    for facet, name in FACETS.items():
        values = sorted(result.facets[facet], key=lambda each: not each.chosen)
        choices = tuple(Choice(each.value, shown_value(name, each.value), each) for each in values)
        opened = max(_OPEN, sum(each.facet.chosen for each in choices))
        if choices:
            made.append(Panel(name, _TITLES[facet], choices[:opened], choices[opened:]))
    return made


def chips(asked: Asked) -> list[tuple[str, str]]:
    """List what is chosen, each with the address of the search without it."""
    query = asked.query
    chosen = [
        (f"{name}: {shown_value(name, value)}", asked.without(name, value))
        for name in FILTERS
        for value in getattr(query, name)
    ]
    if query.since:
        chosen.append((f"since {query.since}", asked.address(since=None)))
    if query.until:
        chosen.append((f"until {query.until}", asked.address(until=None)))
    return chosen


def shown_value(name: str, value: str) -> str:
    """Say what a value of a filter means to a person."""
    if name == "language":
        return language_name(value)
    return flag_name(value) if name == "flag" else value


def unknown_fields(query: Query) -> list[str]:
    """List what was typed like a field and is none, so that a slip of the fingers is seen."""
    typed = (term.text.partition(":") for term in query.terms if term.field is None and not term.phrase)
    return [name for name, colon, rest in typed if colon and rest and name.isalpha() and field_named(name) is None]


def _orders(query: Query) -> list[tuple[Order | None, str, bool]]:
    default = Order.RELEVANCE if query.scoring else Order.NEWEST
    orders = [order for order in _ORDERS if query.scoring or order is not Order.RELEVANCE]
    return [(None if order is default else order, _ORDERS[order], order is query.sorted_by) for order in orders]


def _said(asked: Asked) -> dict[str, object]:
    said: dict[str, object] = {}
    for name, value in asked.parameters():
        if name in FILTERS:
            said[name] = [*(said.get(name) or ()), value]  # type: ignore[misc]
        elif value:
            said[name] = value
    return said
