"""Rules and publishers for the people who write them: `newsdex rules test | why` and `newsdex new-publisher`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import ExitCode, WrongUseError, examples, out, print_json
from newsdex.settings import read_settings

if TYPE_CHECKING:
    from newsdex.run.rule_trial import Firing, TriedExample, TriedLine

_RULES = "Rules"
_SHOWN = 50

Json = Annotated[bool, typer.Option("--json", help="For a machine.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Try the rules: their own examples, or a text.")
    group.command(
        "test",
        epilog=examples(
            "newsdex rules test",
            "newsdex rules test nl- en-also",
            failed="a rule does not do what an example of it says",
        ),
    )(run_tests)
    group.command(epilog=examples("newsdex rules why 'Lees ook: Brug dicht'", "pbpaste | newsdex rules why -"))(why)
    app.add_typer(group, name="rules", rich_help_panel=_RULES, epilog=examples("newsdex rules test"))
    app.command(
        "new-publisher",
        rich_help_panel=_RULES,
        epilog=examples(
            "newsdex new-publisher 'Northmoor Gazette' --domain northmoor-gazette.example --language en",
            failed="there is such a publisher, or a file of its name",
        ),
    )(new_publisher)


def run_tests(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Rules whose ids begin so; else all.")] = None,
    json: Json = False,
) -> None:
    """Run the rules' own examples."""
    from newsdex.cli.progress import Progress
    from newsdex.run.rule_trial import try_examples

    count, results = try_examples(read_settings(), tuple(ids or ()))
    if not count:
        raise WrongUseError(f"no rule's id begins with {' or '.join(ids or ())}", "newsdex rules test runs all")
    tried = []
    with Progress("trying examples", quiet=json) as progress:
        for result in results:
            tried.append(result)
            progress.reach(len(tried), count)
    wrong = [result for result in tried if not result.right]
    if json:
        rules = len({result.rule.id for result in tried})
        print_json({"rules": rules, "examples": count, "failing": [result.as_dict() for result in wrong]})
    else:
        _print_tried(tried, wrong)
    if wrong:
        raise typer.Exit(ExitCode.FAILED)


def why(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A line or several; - for standard input.")],
    json: Json = False,
) -> None:
    """Tell which rules match a text, what they catch, and which take it above, within and below a story."""
    from newsdex.run.rule_trial import try_text

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not text.strip():
        raise WrongUseError("there is no text", "newsdex rules why 'Read also: ...'")
    lines = try_text(read_settings(), text)
    if json:
        print_json([line.as_dict() for line in lines])
        return
    for line in lines:
        _print_line(line)


def new_publisher(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that articles get.")],
    domain: Annotated[list[str] | None, typer.Option(metavar="HOST", help="Its domain; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="It publishes in: en, pt, zh-Hans.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="Its pages' times: Europe/London.")] = None,
    slug: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its id, when the name has no Latin letters.")
    ] = None,
    json: Json = False,
) -> None:
    """Write config/publishers/ID.yaml and a golden case to begin with. Nothing is ever overwritten."""
    from newsdex.run.new_publisher import Wanted, create_publisher

    settings = read_settings()
    made = create_publisher(settings, Wanted(name, slug, tuple(domain or ()), language, timezone))
    if json:
        print_json({"id": made.id, "files": [str(path) for path in made.files], "case": str(made.case)})
        return
    for path in made.files:
        out.print(f"[green]written[/] {escape(str(path))}", soft_wrap=True)
    case = escape(str(made.case))
    out.print("\n[bold]Next[/]")
    for step in (
        f"put a raw story of its own into {case}/input.txt",
        f"newsdex explain {case}/input.txt      # what stays that should go?",
        f"add rules to {escape(str(made.files[0]))}, each with examples of both kinds; then newsdex rules test",
        f"write into {case}/article.json what should come out, and make test",
        f"drop its documents into {escape(str(settings.inbox / made.id))}/",
    ):
        out.print(f"  {step}", soft_wrap=True)


def _print_tried(tried: list[TriedExample], wrong: list[TriedExample]) -> None:
    for result in wrong[:_SHOWN]:
        wanted = "take out" if result.example.removed else "leave"
        out.print(
            Text.assemble(("✗ ", "red"), (result.rule.id, "bold"), f" should {wanted}:  ", (result.source, "dim")),
            soft_wrap=True,
        )
        out.print(Padding(Text(result.example.text), (0, 0, 0, 4), expand=False))
    if len(wrong) > _SHOWN:
        out.print(f"  and {len(wrong) - _SHOWN} more")
    count = f"{len({result.rule.id for result in tried})} rules, {len(tried)} examples"
    out.print(f"[red]✗[/] {count}, {len(wrong)} of them wrong" if wrong else f"[green]✓[/] {count}")


def _print_line(line: TriedLine) -> None:
    out.print(Text(line.text, "bold"))
    if not line.firings:
        out.print(Text("  no pattern matches the whole line, or a piece of it", "dim"))
    for firing in line.firings:
        _print_firing(firing)
    out.print(Text.assemble(("  in a story: ", "dim"), _told(line.taken)))
    out.print()


def _told(taken: dict[str, str | None]) -> str:
    """Say what becomes of a line.

    >>> _told({"above": None, "within": None, "below": "end-mark"})
    'stays above it and within it, goes below it (end-mark)'
    """
    fates: dict[str | None, list[str]] = {}
    for place, rule in taken.items():
        fates.setdefault(rule, []).append(f"{place} it")
    told = [f"{' and '.join(places)}{f' ({rule})' if rule else ''}" for rule, places in fates.items()]
    verbs = ["goes" if rule else "stays" for rule in fates]
    if len(fates) == 1:
        (rule,) = fates
        if rule and rule.startswith("the whole"):
            return rule
        return f"goes wherever it stands: {rule}" if rule else "stays wherever it stands"
    return ", ".join(f"{verb} {where}" for verb, where in zip(verbs, told, strict=True))


def _print_firing(firing: Firing) -> None:
    from newsdex.run.rule_trial import describe_action

    rule = firing.rule
    out.print(Text.assemble("  ", (rule.id, "yellow"), "  ", (firing.source, "dim")), soft_wrap=True)
    where = f"{rule.where}, line {firing.part} of {len(rule.patterns)}" if rule.where == "block" else rule.where
    facts = {
        "why": rule.why,
        "where": where,
        "action": describe_action(rule),
        "only for": f"documents of {firing.publisher}" if firing.publisher else "",
        **{f"{name} =": value for name, value in firing.captured.items()},
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value:
            table.add_row(Text(name, "dim"), Text(value))
    out.print(Padding(table, (0, 0, 0, 4), expand=False))
