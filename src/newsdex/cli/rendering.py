"""Articles, balance sheets and search results as a person reads them in a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import out
from newsdex.records import Article, Dated, DateEvidence, Precision, Rejection

if TYPE_CHECKING:
    from newsdex.index.search import Facet, Hit, SearchResult

MARKS = ("\ue000", "\ue001")
"""What surrounds a match in a highlight: two characters that no text has, unlike tags."""


def one_line(result: Article | Rejection) -> Text:
    """Give one line for one document: language, date, headline, and the file; or why it was rejected."""
    if isinstance(result, Rejection):
        return Text.assemble(
            ("rejected  ", "red"), (f"{result.stage}: {result.reason}", "bold"), f"  {result.detail.splitlines()[-1]}  "
        ).append(result.origin.uri, "dim")
    clean = result.clean
    title = clean.headline or (clean.body[0] if clean.body else "")
    return Text.assemble(
        (f"{result.language.code:9} ", "cyan"),
        (f"{day(result.published) or day(result.modified) or '-':17} ", "green"),
        (_cut(title, 200), "bold" if clean.headline else ""),
        (f"  {len(clean.body)} paragraphs, {len(clean.removed)} taken out  ", "dim"),
        (result.origin.uri, "dim"),
    )


def day(dated: Dated) -> str:
    """Write a date as finely as it was printed; empty without one.

    >>> day(Dated())
    ''
    """
    return "" if dated.value is None else moment(dated.value, dated.evidence)


def moment(value: datetime, evidence: DateEvidence | None) -> str:
    """Write a moment as finely as its evidence allows, in UTC."""
    precision = evidence.precision if evidence is not None else None
    if precision == Precision.MONTH:
        return f"{value:%Y-%m}"
    return f"{value:%Y-%m-%d}" if precision == Precision.DAY else f"{value:%Y-%m-%d %H:%MZ}"


def print_result(result: SearchResult, *, facets: bool) -> None:
    """Print search hits for a person, what matched in colour, and on demand the facets."""
    copies = f", {result.total - result.clusters} of them copies" if result.total > result.clusters else ""
    out.print(Text(f"{counted(result.total, 'article')}{copies}; {result.milliseconds} ms", "dim"))
    for rank, hit in enumerate(result.hits, 1):
        out.print()
        _print_hit(rank, hit)
    if facets:
        out.print()
        out.print(Columns([_facet(name, values) for name, values in result.facets.items() if values], padding=(0, 4)))


def counted(count: int, noun: str) -> str:
    """Write a number with its noun.

    >>> counted(1, "article"), counted(0, "article"), counted(1200, "run")
    ('1 article', '0 articles', '1,200 runs')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def marked(text: str) -> Text:
    """Colour what matched.

    >>> [span.start for span in marked("the \ue000bridge\ue001 is shut").spans]
    [4]
    """
    coloured = Text()
    for piece in text.split(MARKS[0]):
        match, end, rest = piece.rpartition(MARKS[1])
        if end:
            coloured.append(match, "bold yellow")
        coloured.append(rest)
    return coloured


def _print_hit(rank: int, hit: Hit) -> None:
    source = hit.source
    title = marked(hit.headline or "(no headline)")
    title.stylize("bold")
    out.print(Text.assemble((f"{rank:3}. ", "dim"), title), soft_wrap=True)
    date = str(source.get("published_at") or source.get("@timestamp") or "")[:10]
    unsure = "" if source.get("published_at") else f" ({source.get('timestamp_source')})"
    facts = [
        f"{date}{unsure}",
        source.get("language"),
        source.get("publisher"),
        ", ".join(source.get("agencies") or ()),
        f"{hit.copies} copies" if hit.copies > 1 else "",
        source.get("url") or (source.get("origin") or {}).get("uri"),
    ]
    out.print(Padding(Text(" · ".join(str(fact) for fact in facts if fact), "dim"), (0, 0, 0, 5), expand=False))
    if hit.elsewhere:
        places = [" ".join(filter(None, (copy.publisher, copy.url or copy.uri))) for copy in hit.elsewhere]
        more = hit.copies - 1 - len(places)
        also = "also: " + "; ".join([*places, f"and {more:,} more"] if more else places)
        out.print(Padding(Text(also, "dim"), (0, 0, 0, 5), expand=False))
    for fragment in hit.fragments[:2]:
        out.print(Padding(marked(fragment), (0, 0, 0, 5), expand=False))


def _facet(name: str, values: tuple[Facet, ...]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=True, header_style="italic")
    table.add_column(name, no_wrap=True)
    table.add_column("", justify="right", style="dim")
    for facet in values[:10]:
        table.add_row(Text(facet.value), str(facet.count))
    return table


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
