"""How well the sources do: `newsdex sources`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, examples, out, print_json
from newsdex.cli.rendering import counted
from newsdex.cli.tables import print_numbers
from newsdex.settings import read_settings

if TYPE_CHECKING:
    from newsdex.index.measures import Share
    from newsdex.index.scorecards import Scorecard

_COLUMNS = (
    "source",
    "24 h",
    "7 d",
    "usual",
    "30 d",
    "undated",
    "short",
    "flips",
    "assumed",
    "copies",
    "refused",
    "last",
)


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        rich_help_panel="Sources",
        epilog=examples(
            "newsdex sources --warnings",
            "newsdex sources --source northmoor-gazette",
            "newsdex sources --json",
            not_running=NO_SERVER,
        ),
    )(sources)


def sources(
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this one: an id, a publisher, an inbox folder.")
    ] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Only those that are not as usual.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For a machine, one a line.")] = False,
) -> None:
    """Show how well each source does beside its own weeks before, worst first.

    Shares are of the last 7 days: documents without a date of publication, with a body below 80 words, in another
    language than the source's, with an assumed UTC offset, with a text that the source has twice, and refused.
    """
    from newsdex.run.scorecards import read_scorecards

    settings = read_settings()
    demand_elasticsearch(settings)
    cards = [card for card in read_scorecards(settings, source=source) if card.warnings or not warnings]
    if json:
        for card in cards:
            print_json(card.as_dict())
        return
    if not cards:
        out.print("All sources are as usual." if warnings else "Nothing came from any source yet.")
        return
    print_numbers(_COLUMNS, map(_row, cards))
    _print_warnings(cards)


def _row(card: Scorecard) -> list[Text]:
    style = "red" if card.alarming else "yellow" if card.warnings else ""
    usual = "" if card.usual_week is None else f"{card.usual_week:,.0f}"
    shares = (card.undated, card.short, card.flips, card.assumed, card.duplicates, card.quarantined)
    return [
        Text(card.group.name, style),
        Text(f"{card.day:,}"),
        Text(f"{card.week:,}"),
        Text(usual, "dim"),
        Text(f"{card.month:,}"),
        *(_share(share) for share in shares),
        Text("-" if card.last is None else _ago(card.at - card.last), "dim"),
    ]


def _share(share: Share) -> Text:
    if not share.of:
        return Text("-", "dim")
    return Text(f"{share.value:.0%}", "yellow" if share.far_above_usual else "")


def _print_warnings(cards: list[Scorecard]) -> None:
    warned = [card for card in cards if card.warnings]
    out.print()
    out.print(Text(f"{counted(len(cards), 'source')}, {len(warned)} with warnings", "dim"))
    for card in warned:
        for warning in card.warnings:
            mark = ("alarm    ", "bold red") if warning.alarm else ("warning  ", "yellow")
            out.print(Text.assemble(mark, (card.group.name, "bold"), f": {warning.text}"), soft_wrap=True)


def _ago(span: timedelta) -> str:
    """Write how long ago something was, shortly.

    >>> _ago(timedelta(minutes=5)), _ago(timedelta(hours=30)), _ago(timedelta(days=9))
    ('5 min', '30 h', '9 d')
    """
    minutes = max(0, round(span / timedelta(minutes=1)))
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 72 * 60 else f"{minutes / 1440:.0f} d"
