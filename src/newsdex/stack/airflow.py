"""What a server's Airflow needs before it runs: its tables, its first account, the pools that the DAGs name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from newsdex.errors import UserError
from newsdex.local import logs
from newsdex.local.airflow import POOLS, USER, prune_command

_AIRFLOW = str(Path(sys.executable).with_name("airflow"))


def prepare_airflow(password: str) -> Iterator[str]:
    """Bring Airflow's database up to date, make the account `admin` and the pools, and say what was done.

    The Airflow is the one that AIRFLOW__ variables describe. An account or pool that is there is left as it is: people
    change them in Airflow's pages. Raises `UserError` with the words of the command that failed.
    """
    if not password:
        raise UserError("AIRFLOW_ADMIN_PASSWORD is missing", "make secrets writes it to .env")
    _call("db", "migrate")
    yield "database: up to date"
    names = {user["username"] for user in json.loads(_call("users", "list", "--output", "json"))}
    if USER not in names:
        person = ["--role", "Admin", "--firstname", "Newsdex", "--lastname", "Admin", "--email", "admin@localhost"]
        # By standard input it would ask twice, and only on a terminal.
        _call("users", "create", "--username", USER, "--password", password, *person)
    yield f"account {USER}: {'there' if USER in names else 'made'}"
    pools = {pool["pool"] for pool in json.loads(_call("pools", "list", "--output", "json"))}
    for pool in POOLS:
        name = str(pool["name"])
        if name not in pools:
            _call("pools", "set", name, str(pool["slots"]), str(pool["description"]))
        yield f"pool {name}: {'there' if name in pools else 'made'}"


def remove_logs(folder: Path, days: int, megabytes: int) -> int:
    """Remove the logs of tasks that are older than so many days, and the oldest beyond so much; count them."""
    return logs.prune(folder, seconds=days * 86_400.0, size=megabytes * 1_000_000)


def forget_history(now: datetime) -> None:
    """Have Airflow's database forget the runs of long ago. Raises `UserError` when it cannot."""
    _call(*prune_command(now)[1:])


def _call(*words: str) -> str:
    # Warnings on standard output would stand in the middle of the JSON.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    done = subprocess.run([_AIRFLOW, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise UserError(f"airflow {' '.join(words[:2])} failed (exit code {done.returncode}):\n  {said}")
    return done.stdout
