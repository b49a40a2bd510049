"""Help beyond one command: `newsdex help`, with what holds for all commands; and how every command's help is set."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from newsdex.cli.console import EXIT_CODES, ExitCode, WrongUseError, examples, out, print_json
from newsdex.settings import VARIABLES

HELP_OPTIONS = ["-h", "--help"]

PANELS = ("This machine", "Documents", "Sources", "Upkeep", "Rules", "Services", "Checks")
"""The panels of `newsdex --help`, in their order."""

_SECRETS = ("PASSWORD", "API_KEY")

TOPICS = {
    "environment": "the variables that set it up, and which of them are set here",
    "exit-codes": "what a command's exit code says",
}


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        "help",
        rich_help_panel="Checks",
        epilog=examples("newsdex help search", "newsdex help environment", "newsdex help environment --json"),
    )(show_help)


def show_help(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="TOPIC", help="A topic, or a command.")] = None,
    json: Annotated[bool, typer.Option("--json", help="A topic for a machine.")] = False,
) -> None:
    """Explain a command, or what holds for all: environment, exit-codes."""
    named = " ".join(words or ())
    if named in TOPICS:
        _show_topic(named, json=json)
        return
    root: Any = ctx.find_root().command
    found = root
    for word in words or ():
        found = getattr(found, "commands", {}).get(word)
        if found is None:
            raise WrongUseError(f"there is no command and no topic {named!r}", f"the topics are {', '.join(TOPICS)}")
    root.main([*(words or ()), "--help"], prog_name="newsdex")


def tidy(commands: Mapping[str, Any]) -> None:
    """Let help fold by the terminal's width, not by our source's, and leave out what says nothing of an option."""
    for command in commands.values():
        command.help = _unfold(command.help or "")
        context = command.make_context(command.name, [], resilient_parsing=True, help_option_names=HELP_OPTIONS)
        for option in command.get_params(context):
            if getattr(option, "is_flag", False):
                option.metavar = ""
            elif option.metavar is None and getattr(option, "min", None) is not None:
                option.metavar = "N"
        if isinstance(command, TyperGroup):
            tidy(command.commands)


def by_panel(commands: Mapping[str, Any]) -> dict[str, Any]:
    """Give commands in the order of the panels that they stand in; an unknown one comes last."""
    order = {name: number for number, name in enumerate(PANELS)}
    return dict(sorted(commands.items(), key=lambda each: order.get(each[1].rich_help_panel, len(order))))


def walk(commands: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterable[tuple[str, TyperCommand]]:
    """Give every command that does something, with its whole name, in the order of the help."""
    for name, command in commands.items():
        if isinstance(command, TyperGroup):
            yield from walk(command.commands, (*path, name))
        else:
            yield " ".join((*path, name)), command


def exit_codes_of(command: TyperCommand) -> dict[int, str]:
    """Read from a command's help what its exit codes say.

    >>> from types import SimpleNamespace
    >>> exit_codes_of(SimpleNamespace(epilog=examples("newsdex down", not_running="nothing ran")))
    {0: 'done', 2: 'called with what cannot be meant; nothing was done', 3: 'nothing ran'}
    """
    _, _, told = (command.epilog or "").partition(EXIT_CODES)
    lines = (line.strip().partition("  ") for line in told.splitlines() if line.strip())
    return {int(code): text.replace("\\[", "[") for code, _, text in lines}


def _unfold(text: str) -> str:
    r"""Join the lines of each paragraph.

    >>> _unfold("One\nline.\n\nAnother\nline.")
    'One line.\n\nAnother line.'
    """
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip())


def _show_topic(topic: str, *, json: bool) -> None:
    if topic == "environment":
        _show_environment(json=json)
    elif json:
        print_json({code.value: code.meaning for code in ExitCode})
    else:
        table = Table.grid(padding=(0, 2))
        for code in ExitCode:
            table.add_row(Text(str(code.value), "bold cyan"), Text(code.meaning))
        out.print(table)
        out.print("\nWhat 1 and 3 say of one command, its --help tells.")


def _show_environment(*, json: bool) -> None:
    rows = [(variable, _value(variable.name)) for variable in VARIABLES]
    if json:
        shapes = ({"name": v.name, "meaning": v.meaning, "default": v.default, "set": set_} for v, set_ in rows)
        print_json(list(shapes))
        return
    for variable, value in rows:
        default = f" ({variable.default})" if variable.default else ""
        out.print(Text.assemble((variable.name, "bold cyan"), (f"={value}", "green") if value is not None else ""))
        out.print(Text.assemble(f"    {variable.meaning}", (default, "dim")))
    out.print("\nIn brackets what holds without it.")


def _value(name: str) -> str | None:
    value = os.environ.get(name)
    return "***" if value and name.endswith(_SECRETS) else value
