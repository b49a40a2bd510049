"""The sources that are read again and again: `newsdex source add | list | test | remove | pause | import-opml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.text import Text

from newsdex.cli.console import WrongUseError, demand_paths, err, examples, one_of, out, print_json
from newsdex.cli.tables import print_folded, print_rows
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.run.discovery import Discovery
    from newsdex.run.sources import Standing, Trial

_UNKNOWN = "there is no such source"
KINDS = ("feed", "sitemap", "site")
Json = Annotated[bool, typer.Option("--json", help="For a machine.")]
SourceId = Annotated[str, typer.Argument(metavar="ID", help="A source of config/sources.yaml.")]
Every = Annotated[str | None, typer.Option(metavar="SPAN", help="How often it is asked: 15m, 2h, 1d.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Look after the feeds, sitemaps and sites that are read.")
    group.command(
        epilog=examples(
            "newsdex source add https://news.example/",
            "newsdex source add https://news.example/feed --id news-example --every 1h",
            failed="it does not answer, leads to no feed, or is a source already",
        )
    )(add)
    group.command("list", epilog=examples("newsdex source list", "newsdex source list --json"))(list_sources)
    group.command(
        "test",
        epilog=examples(
            "newsdex source test news-example",
            "newsdex source test https://news.example/feed",
            failed="it does not answer, or there is no such source",
        ),
    )(try_out)
    group.command(epilog=examples("newsdex source remove news-example", failed=_UNKNOWN))(remove)
    group.command(epilog=examples("newsdex source pause news-example", failed=_UNKNOWN))(pause)
    group.command(epilog=examples("newsdex source resume news-example", failed=_UNKNOWN))(resume)
    group.command(
        "import-opml", epilog=examples("newsdex source import-opml subscriptions.opml", failed="it is no OPML")
    )(import_opml)
    app.add_typer(group, name="source", rich_help_panel="Sources", epilog=examples("newsdex source list"))


def add(
    url: Annotated[str, typer.Argument(metavar="ADDRESS", help="A feed, a sitemap, or a site's page.")],
    source_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Made of the address without it.")] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Who published all of it.")] = None,
    every: Every = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Take a site's feed, or its sitemap, instead of all it has.",
            autocompletion=one_of(*KINDS),
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Look for what an address leads to, show it, and write it into config/sources.yaml.

    Of a site's page the feeds and news sitemaps are looked for, and all of them are read. Comments in the file stay.
    """
    from newsdex.run.sources import add_source, look_for, propose_source
    from newsdex.sources import is_web_address

    if not is_web_address(url):
        raise WrongUseError(f"{url!r} is no web address", "write it whole: https://news.example/")
    if kind is not None and kind not in KINDS:
        raise WrongUseError(f"--kind {kind} is none", f"one of {', '.join(KINDS)}")
    settings = read_settings()
    found = look_for(settings, url)
    if not json:
        _print_found(found)
    source = propose_source(settings, found, source_id=source_id, publisher=publisher, every=every, kind=kind)
    path = add_source(settings, source)
    if json:
        print_json({"id": source.id, "kind": source.kind, "url": source.url, "file": str(path)})
        return
    out.print(f"[green]added[/] {escape(source.id)} ({source.kind}) to {escape(str(path))}", soft_wrap=True)
    out.print(f"[dim]what it would bring:[/] newsdex source test {source.id}", soft_wrap=True)


def list_sources(json: Json = False) -> None:
    """List the sources, with how it stands with each as far as the index says."""
    from newsdex.run.sources import list_sources as list_all

    settings = read_settings()
    standings = list_all(settings, with_states=_has_index(settings))
    if json:
        for standing in standings:
            print_json(standing.as_dict())
        return
    if not standings:
        out.print("There are no sources yet: newsdex source add https://news.example/")
        return
    names = ("id", "kind", "every", "entries", "last answer", "state and address")
    print_rows(names, map(_row, standings), right=("entries",))


def try_out(named: Annotated[str, typer.Argument(metavar="ID|ADDRESS")], json: Json = False) -> None:
    """Ask a source now and tell what it would bring; nothing is stored. The first articles go through the line."""
    from newsdex.run.sources import try_source

    settings = read_settings()
    trial = try_source(settings, named, with_index=_has_index(settings))
    if json:
        print_json(trial.as_dict())
        return
    _print_trial(trial)


def remove(source: SourceId, json: Json = False) -> None:
    """Take a source out of config/sources.yaml. What it has brought stays."""
    from newsdex.run.sources import remove_source

    remove_source(read_settings(), source)
    _say("removed", source, json=json)


def pause(source: SourceId, json: Json = False) -> None:
    """Have a source asked no more until it is resumed."""
    from newsdex.run.sources import pause_source

    pause_source(read_settings(), source, paused=True)
    _say("paused", source, json=json)


def resume(source: SourceId, json: Json = False) -> None:
    """Have a paused source asked again."""
    from newsdex.run.sources import pause_source

    pause_source(read_settings(), source, paused=False)
    _say("resumed", source, json=json)


def import_opml(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What a feed reader exports, OPML 1 or 2.")],
    every: Every = None,
    json: Json = False,
) -> None:
    """Add every feed of an OPML file, of its folders too; none is asked yet."""
    from newsdex.run.sources import import_opml as import_all

    demand_paths([path])
    imported = import_all(read_settings(), path, every=every)
    if json:
        print_json({"added": [source.id for source in imported.added], "known": len(imported.known)})
        return
    for source in imported.added:
        out.print(f"{escape(source.id)}  [dim]{escape(source.url)}[/]", soft_wrap=True)
    out.print(f"[green]{len(imported.added)} added[/], {len(imported.known)} were sources already")


def _say(done: str, source: str, *, json: bool) -> None:
    if json:
        print_json({done: source})
    else:
        out.print(f"{done} {escape(source)}")


def _has_index(settings: Settings) -> bool:
    from newsdex.local import ports

    return settings.elasticsearch_external or not ports.is_free(settings.elasticsearch_port)


def _print_found(found: Discovery) -> None:
    polled = {each.url for each in found.worth_polling}
    for each in found.listings:
        mark = "[green]✓[/]" if each.url in polled else "[dim]·[/]"
        title = f" {escape(each.title)}" if each.title else ""
        out.print(f"{mark} {each.kind}, {each.entries} entries:{title} [dim]{escape(each.url)}[/]", soft_wrap=True)


def _row(standing: Standing) -> tuple[Text, ...]:
    source, state = standing.source, standing.state
    answered = f"{state.last_ok:%Y-%m-%d %H:%M}" if state is not None and state.last_ok else "never"
    told, style = "fine", "green"
    if source.paused:
        told, style = "paused", "dim"
    elif state is None or state.last_poll is None:
        told, style = "not asked yet", "dim"
    elif state.failures:
        told, style = f"failed {state.failures} times: {state.last_error}", "red"
    elif state.moved_to:
        told, style = f"moved to {state.moved_to}", "yellow"
    entries = str(state.entries) if state is not None else ""
    plain = (source.id, source.kind.value, source.every, entries, answered)
    return (*(Text(each) for each in plain), Text.assemble((told, style), "  ", (source.url, "dim")))


def _print_trial(trial: Trial) -> None:
    from newsdex.cli.rendering import one_line

    for feed in trial.feeds:
        out.print(f"[dim]asked:[/] {escape(feed)}", soft_wrap=True)
    new = "" if trial.new is None else f", [green]{trial.new} new[/]"
    out.print(f"{trial.entries} entries lead to {trial.addresses} addresses{new}")
    if trial.carried:
        out.print(f"{trial.carried} carry the whole text: their pages are not asked for")
    if trial.left_out:
        out.print(f"{trial.left_out} older ones would be left out")
    if trial.passed_over:
        out.print(f"[yellow]{trial.passed_over} entries would be passed over[/]: they lead nowhere, or carry no text")
    if trial.moved_to:
        out.print(f"[yellow]it has moved for good to[/] {escape(trial.moved_to)}", soft_wrap=True)
    for problem in trial.problems:
        err.print(f"[yellow]{escape(problem)}[/]", soft_wrap=True)
    for sample in trial.samples:
        print_folded(one_line(sample))
