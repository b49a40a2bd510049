"""The quarantine and its ways out: `newsdex quarantine list | show | release | drop`."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, WrongUseError, err, examples, one_of, out, print_json
from newsdex.cli.tables import print_facts, print_rows
from newsdex.records import Reason, Stage
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.index.quarantine import QuarantineEntry, Selection

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Entries, as `list` names them.")]
StageOption = Annotated[
    str | None,
    typer.Option(
        "--stage", metavar="STAGE", help="read, extract, clean, enrich, index.", autocompletion=one_of(*Stage)
    ),
]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="REASON", help="no_article, empty_body, ...", autocompletion=one_of(*Reason)),
]
SourceOption = Annotated[str | None, typer.Option("--source", metavar="ID", help="A source of config/sources.yaml.")]
PublisherOption = Annotated[str | None, typer.Option("--publisher", metavar="NAME", help="As the inbox folder says.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help="2024-11-19, 2024-11 or a time.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Included.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Json = Annotated[bool, typer.Option("--json", help="For a machine.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Look at refused documents, release them, or let them go.")
    group.command(
        "list",
        epilog=examples(
            "newsdex quarantine list --reason empty_body",
            "newsdex quarantine list --since 2026-11 --json",
            not_running=NO_SERVER,
        ),
    )(list_entries)
    group.command(
        epilog=examples(
            "newsdex quarantine show 0123456789abcdef0123456789abcdef",
            failed="there is no such entry",
            not_running=NO_SERVER,
        )
    )(show)
    group.command(
        epilog=examples(
            "newsdex quarantine release --reason empty_body --dry-run",
            "newsdex quarantine release ID",
            failed="the run does not balance; what is refused again is no failure",
            not_running=NO_SERVER,
        )
    )(release)
    group.command(
        epilog=examples(
            "newsdex quarantine drop --reason binary --dry-run", "newsdex quarantine drop ID", not_running=NO_SERVER
        )
    )(drop)
    app.add_typer(group, name="quarantine", rich_help_panel="Upkeep", epilog=examples("newsdex quarantine list"))


def list_entries(
    stage: StageOption = None,
    reason: ReasonOption = None,
    source: SourceOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Entries to show.")] = 50,
    json: Json = False,
) -> None:
    """List refused documents, the last refused first."""
    from newsdex.run.quarantine import count_quarantine, list_quarantine

    settings = _settings()
    selection = _selection(None, stage, reason, source, publisher, since, until)
    entries = list_quarantine(settings, selection, limit)
    if json:
        for entry in entries:
            print_json(entry.as_dict())
        return
    if entries:
        names = ("id", "refused", "stage", "reason", "tries", "document")
        print_rows(names, map(_row, entries), right=("tries",))
    out.print(f"{count_quarantine(settings, selection):,} in quarantine, {len(entries):,} shown")


def show(entry: Annotated[str, typer.Argument(metavar="ID")], json: Json = False) -> None:
    """Show all that is known of one refused document."""
    from newsdex.run.quarantine import show_quarantine

    found = show_quarantine(_settings(), entry)
    if json:
        print_json(found.as_dict())
        return
    print_facts((name, str(value)) for name, value in _facts(found).items())
    out.print(Text(f"\n{found.source['detail']}"))


def release(
    ids: Ids = None,
    stage: StageOption = None,
    reason: ReasonOption = None,
    source: SourceOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Documents at most.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    dry_run: DryRun = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="Processes to work in; one a core without.")] = None,
    json: Json = False,
) -> None:
    """Take refused documents through today's rules again: what passes is indexed and leaves the quarantine."""
    from newsdex.cli.progress import Progress
    from newsdex.run.quarantine import choose
    from newsdex.run.quarantine import release as release_chosen

    settings = _settings()
    selection = _selection(ids, stage, reason, source, publisher, since, until, everything=everything)
    chosen = choose(settings, selection, limit)
    for why, count in chosen.left.items():
        err.print(f"[yellow]{count:,} not released:[/] {escape(why)}", soft_wrap=True)
    if dry_run:
        _try(settings, chosen, jobs, json)
        return
    with Progress("starting", quiet=json) as progress:
        sheet = release_chosen(settings, selection, limit=limit, processes=jobs or os.cpu_count(), told=progress)
    if json:
        print_json({**sheet, "left": dict(chosen.left)})
        return
    again = sheet["outcomes"]["quarantined"]
    out.print(f"[green]{sheet['inputs'] - again:,} released[/], {again:,} refused again")
    for why, count in sorted(sheet["reasons"].items()):
        out.print(f"  {why:<20}{count:>6,}")


def drop(
    ids: Ids = None,
    stage: StageOption = None,
    reason: ReasonOption = None,
    source: SourceOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Let refused documents go. Their bytes stay in the raw archive."""
    from newsdex.run.quarantine import count_quarantine, drop_quarantine

    settings = _settings()
    selection = _selection(ids, stage, reason, source, publisher, since, until, everything=everything)
    count = count_quarantine(settings, selection) if dry_run else drop_quarantine(settings, selection)
    if json:
        print_json({"dry_run": dry_run, "dropped": count})
    else:
        out.print(f"{count:,} {'would be dropped' if dry_run else 'dropped'}")


def _row(entry: QuarantineEntry) -> tuple[str, ...]:
    refused = str(entry.source["quarantined_at"])[:16].replace("T", " ")
    return (entry.id, refused, entry.source["stage"], entry.reason.value, str(entry.tries), entry.uri)


def _try(settings: Settings, chosen: Any, jobs: int | None, json: bool) -> None:
    from newsdex.cli.progress import Progress
    from newsdex.run.quarantine import try_release

    reasons: Counter[str] = Counter()
    passing = 0
    with Progress("trying", quiet=json) as progress:
        for done, (entry, rejection) in enumerate(try_release(settings, chosen, jobs), start=1):
            progress.reach(done, len(chosen.entries))
            passing += rejection is None
            if rejection is not None:
                reasons[rejection.reason] += 1
            if json:
                now = None if rejection is None else rejection.as_dict()["rejection"]
                print_json({"id": entry.id, "uri": entry.uri, "passes": rejection is None, "rejection": now})
    if not json:
        out.print(f"[green]{passing:,} would pass[/], {reasons.total():,} would be refused again")
        for why, count in sorted(reasons.items()):
            out.print(f"  {why:<20}{count:>6,}")


def _selection(
    ids: list[str] | None,
    stage: str | None,
    reason: str | None,
    source: str | None,
    publisher: str | None,
    since: str | None,
    until: str | None,
    *,
    everything: bool | None = None,
) -> Selection:
    from newsdex.run.quarantine import select

    selection = select(
        ids=ids or (), stage=stage, reason=reason, source=source, publisher=publisher, since=since, until=until
    )
    if everything is not None and selection.everything != everything:
        what = "give ids, or options that choose, or --all"
        raise WrongUseError("--all goes with nothing else" if everything else "nothing is chosen", what)
    return selection


def _facts(entry: QuarantineEntry) -> dict[str, Any]:
    origin = entry.source["origin"]
    facts = {
        "document": entry.uri,
        "stage": entry.source["stage"],
        "reason": entry.reason.value,
        "tries": entry.tries,
        "first refused": entry.source.get("first_quarantined_at"),
        "last refused": entry.source["quarantined_at"],
        "fetched": origin["fetched_at"],
        "door": origin.get("door"),
        "source": origin.get("source"),
        "publisher": origin.get("publisher"),
        "media type": origin.get("media_type"),
        "bytes": entry.raw_ref,
        "release": entry.unreleasable or f"newsdex quarantine release {entry.id}",
    }
    return {name: value for name, value in facts.items() if value is not None}


def _settings() -> Settings:
    settings = read_settings()
    demand_elasticsearch(settings)
    return settings
