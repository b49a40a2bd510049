"""What the containers of docker-compose.yml call: `newsdex stack`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from newsdex.cli.console import WrongUseError, examples, out
from newsdex.settings import read_settings


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    stack = typer.Typer(no_args_is_help=True, help="Prepare and keep up the stack of docker-compose.yml.")
    stack.command("prepare-elasticsearch", epilog=examples("newsdex stack prepare-elasticsearch"))(
        prepare_elasticsearch
    )
    stack.command("prepare-airflow", epilog=examples("newsdex stack prepare-airflow"))(prepare_airflow)
    stack.command("tidy", epilog=examples("newsdex stack tidy /var/log/airflow --days 14"))(tidy)
    app.add_typer(stack, name="stack", rich_help_panel="Services")


def prepare_elasticsearch() -> None:
    """Set passwords, and make the roles, users and indices that are missing.

    ELASTICSEARCH_USER is one who may manage security (elastic). NEWSDEX_WRITER_PASSWORD, NEWSDEX_READER_PASSWORD,
    NEWSDEX_ANALYST_PASSWORD and KIBANA_PASSWORD are the passwords to set.
    """
    from newsdex.stack import elasticsearch

    passwords, kibana = elasticsearch.read_passwords(os.environ)
    for line in elasticsearch.prepare_elasticsearch(read_settings(), passwords, kibana):
        out.print(escape(line), soft_wrap=True)


def prepare_airflow() -> None:
    """Migrate Airflow's database, and make its account admin (AIRFLOW_ADMIN_PASSWORD) and pools if they are missing."""
    from newsdex.stack import airflow

    for line in airflow.prepare_airflow(os.environ.get("AIRFLOW_ADMIN_PASSWORD", "")):
        out.print(escape(line), soft_wrap=True)


def tidy(
    logs: Annotated[Path, typer.Argument(help="Folder of the logs of Airflow's tasks.")],
    days: Annotated[int, typer.Option(min=1, help="Older logs go.")] = 14,
    megabytes: Annotated[int, typer.Option(min=1, help="So much of them is kept at most.")] = 2_000,
) -> None:
    """Remove old logs of Airflow's tasks, and have Airflow forget the runs of long ago."""
    from newsdex.stack.airflow import forget_history, remove_logs

    if not logs.is_dir():
        raise WrongUseError(f"{logs}: no such folder")
    out.print(f"{remove_logs(logs, days, megabytes)} logs removed")
    forget_history(datetime.now(UTC))
