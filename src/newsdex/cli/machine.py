"""What runs on this machine: `newsdex up`, `down` and `status`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import ExitCode, err, examples, out, print_json
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.local.status import Status


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    panel = "This machine"
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "newsdex up",
            "newsdex up --detach",
            "NEWSDEX_AIRFLOW_PORT=8081 newsdex up",
            failed="a server did not start or has died; or all runs already, without --detach",
        ),
    )(up)
    app.command(rich_help_panel=panel, epilog=examples("newsdex down", not_running="nothing ran"))(down)
    app.command(
        rich_help_panel=panel,
        epilog=examples(
            "newsdex status", "newsdex status --json | jq .holdings.documents", not_running="not all of it is up"
        ),
    )(status)


def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when everything is ready; it goes on.")
    ] = False,
) -> None:
    """Start Elasticsearch, Airflow and the search page here, and stay until Ctrl-C.

    The first start fetches Elasticsearch (about 100 MB) and puts the samples into the inbox. All data stays in
    NEWSDEX_HOME. When everything already runs, this says so.
    """
    from newsdex.cli.live import Board, farewell
    from newsdex.local import state
    from newsdex.local.supervisor import Supervisor

    settings = read_settings()
    if (current := state.running(settings)) is not None:
        out.print(f"Already running since {state.age(current):.0f} s (process {current.supervisor.pid}).")
        for line in farewell(settings):
            out.print(line, soft_wrap=True)
        raise typer.Exit(ExitCode.FINE if detach else ExitCode.FAILED)
    with Board(settings) as board:
        if detach:
            _start_detached(settings, board)
        else:
            Supervisor(settings).run(board)
    if not detach:
        out.print("Stopped. Everything that was started is gone; the data stays.")


def down() -> None:
    """Stop what `newsdex up` started here, also what a killed one left behind."""
    from newsdex.local.remains import stop

    started = time.monotonic()
    if not stop(read_settings()):
        out.print("Nothing was running.")
        raise typer.Exit(ExitCode.NOT_RUNNING)
    out.print(f"Stopped in {time.monotonic() - started:.1f} s. The data stays.")


def status(json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False) -> None:
    """Tell what runs, and what the archive holds."""
    from newsdex.local.status import look

    found = look(read_settings())
    if json:
        print_json(found.as_dict())
    else:
        _print_status(found)
    if not found.all_up:
        raise typer.Exit(ExitCode.NOT_RUNNING)


def _start_detached(settings: Settings, board: object) -> None:
    from newsdex.cli.live import Board
    from newsdex.local.detached import Start

    assert isinstance(board, Board)  # noqa: S101
    start = Start(settings)
    try:
        while not board.finished:
            if (current := start.state()) is not None:
                board(current)
            time.sleep(0.2)
    except KeyboardInterrupt:
        err.print("It goes on starting; newsdex status tells how far it is, newsdex down stops it.")
        raise


def _print_status(found: Status) -> None:
    table = Table.grid(padding=(0, 2))
    for service in found.services:
        mark = Text("✓", "green") if service.ready else Text("…", "yellow") if service.up else Text("✗", "red")
        where = f"port {service.port}" if service.port else ""
        pid = f"process {service.pid}" if service.pid else ""
        table.add_row(
            mark, service.name, "ready" if service.ready else "starting" if service.up else "down", pid, where
        )
    if found.running:
        out.print(table)
    else:
        out.print(f"Not running ({found.home}).", soft_wrap=True)
        if found.error:
            out.print(f"[red]It ended by itself:[/] {escape(found.error)}", soft_wrap=True)
    for file, complaint in found.unreadable_dags.items():
        out.print(f"[red]Airflow cannot read {escape(file)}:[/] {escape(complaint)}", soft_wrap=True)
    if found.holdings is not None:
        holdings = found.holdings
        out.print(f"{holdings.documents} documents, {holdings.quarantined} quarantined, {found.waiting} in the inbox")
        if holdings.last_run is not None:
            out.print(_balance(holdings.last_run))
    elif found.waiting:
        out.print(f"{found.waiting} files in the inbox")


def _balance(run: dict[str, object]) -> str:
    outcomes = run.get("outcomes")
    told = (
        ", ".join(f"{count} {name}" for name, count in outcomes.items() if count) if isinstance(outcomes, dict) else ""
    )
    mark = "balanced" if run.get("balanced") else "[red]does not balance[/]"
    return f"last run {run.get('run_id')}: {run.get('inputs')} in = {told or '0'} ({mark})"
