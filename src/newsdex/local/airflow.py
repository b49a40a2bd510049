"""The Airflow of this machine: its settings, its secrets, its database and its processes.

Every setting is given by environment variables, and the person's own AIRFLOW variables are taken away first, so that
an Airflow installed or configured elsewhere never mixes with this one.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from newsdex.errors import UserError
from newsdex.local import keys
from newsdex.settings import PROJECT, Settings

USER = "admin"
"""The name to log in to Airflow with."""

COMPONENTS = ("api-server", "task-api", "scheduler", "dag-processor", "triggerer")
"""The processes that make up Airflow, in the order they start.

What tasks say goes to a server of its own. Were it the one that has the pages, a click there could stop all tasks for a
minute: it writes to the database in the one thread that would have to end what a task has begun to write.
"""

POOLS = (
    {"name": "newsdex_fetch", "slots": 1, "description": "Fetching from the web: one process keeps every site's limit"},
)
"""The pools that the DAGs name."""

_HISTORY_DAYS = 60
_BIN = Path(sys.executable).parent
_WARM_SCHEDULER = """\
# Written by newsdex up. The scheduler forks its task processes: what it has loaded, each of them has at once.
import sys

if sys.argv[1:2] == ["scheduler"]:
    from newsdex import run

    run.warm_up(run.read_settings())
"""
_NO_PROXY = "127.0.0.1,localhost"


@dataclass(frozen=True, slots=True)
class Login:
    """Where Airflow's pages are and how to get in."""

    url: str
    user: str
    password: str


def login(settings: Settings) -> Login:
    """Give Airflow's address, user and password; the password is made on the first call."""
    text = keys.keep(_passwords(settings), lambda: json.dumps({USER: keys.password()}))
    return Login(f"http://127.0.0.1:{settings.airflow_port}", USER, json.loads(text)[USER])


def command(component: str, settings: Settings, task_port: int) -> list[str]:
    """Give the command line of one of `COMPONENTS`.

    The log servers of scheduler and triggerer stay off: all processes share one disk, so the logs are read from it,
    and two ports less are taken.
    """
    airflow = str(_BIN / "airflow")
    if component in ("api-server", "task-api"):
        apps, port = ("core", settings.airflow_port) if component == "api-server" else ("execution", task_port)
        place = ["--host", "127.0.0.1", "--port", str(port)]
        return [airflow, "api-server", "--apps", apps, *place, "--workers", "1"]
    return [airflow, component] if component == "dag-processor" else [airflow, component, "--skip-serve-logs"]


def prune_command(now: datetime) -> list[str]:
    """Give the command that forgets runs and tasks of long ago, so that Airflow's database does not grow for ever."""
    before = (now - timedelta(days=_HISTORY_DAYS)).isoformat(timespec="seconds")
    return [str(_BIN / "airflow"), "db", "clean", "--clean-before-timestamp", before, "--skip-archive", "--yes"]


def environment(settings: Settings, person: Mapping[str, str], task_port: int) -> dict[str, str]:
    """Give the whole environment of Airflow's processes, made from the person's own without its Airflow variables.

    `task_port` is where tasks find the server that they talk to.
    """
    kept = {name: value for name, value in person.items() if not name.lstrip("_").startswith("AIRFLOW")}
    proxies = ",".join(filter(None, (person.get("no_proxy") or person.get("NO_PROXY"), _NO_PROXY)))
    return {
        **kept,
        "PATH": f"{_BIN}{os.pathsep}{person.get('PATH', os.defpath)}",
        "NO_PROXY": proxies,
        "no_proxy": proxies,
        **settings.paths_for_children(),
        "AIRFLOW_HOME": str(settings.airflow_home),
        "AIRFLOW_CONFIG": str(settings.airflow_home / "airflow.cfg"),
        "PYTHONUNBUFFERED": "1",
        # Forked children of Python processes crash on macOS without it.
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
        # Process titles must not overwrite the environment: it is how a process is known to be ours.
        "SPT_NOENV": "1",
        **{f"AIRFLOW__{name.upper()}": value for name, value in _configuration(settings, task_port).items()},
    }


def write_local_settings(settings: Settings) -> None:
    """Write the module that Airflow imports at its start, so that a task begins work at once, not seconds later."""
    folder = settings.airflow_home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "airflow_local_settings.py").write_text(_WARM_SCHEDULER, encoding="utf-8")


def migrate(settings: Settings, env: Mapping[str, str], log: Path) -> bool:
    """Bring Airflow's database to the schema of the installed Airflow; tell whether there was anything to do.

    A note beside the database says which version made it, so a later start need not ask Airflow (3 seconds or more).
    Raises `UserError` with the end of the log when the migration fails.
    """
    installed = version("apache-airflow")
    note = settings.airflow_home / "schema-version"
    database = _database(settings)
    if database.exists() and note.exists() and note.read_text(encoding="utf-8") == installed:
        return False
    settings.airflow_home.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        done = subprocess.run(
            [str(_BIN / "airflow"), "db", "migrate"],
            env=dict(env),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=False,
        )
    if done.returncode:
        raise UserError(
            f"Airflow's database could not be brought up to date (exit code {done.returncode})", f"see {log}"
        )
    # Readers and the one writer then do not lock each other out; the setting stays in the file.
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    note.write_text(installed, encoding="utf-8")
    return True


def _configuration(settings: Settings, task_port: int) -> dict[str, str]:
    home = settings.airflow_home
    url = f"http://127.0.0.1:{settings.airflow_port}"
    bundle = {"name": "newsdex", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle"}
    return {
        "core__dags_folder": str(PROJECT / "dags"),
        "core__plugins_folder": str(PROJECT / "plugins"),
        "core__executor": "LocalExecutor",
        # SQLite takes one writer at a time: with the default of 32 the scheduler dies of a locked database.
        "core__parallelism": "4",
        "core__load_examples": "false",
        "core__default_timezone": "utc",
        "core__unit_test_mode": "false",
        "core__hostname_callable": "socket.gethostname",
        "core__auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "core__simple_auth_manager_users": f"{USER}:admin",
        "core__simple_auth_manager_all_admins": "false",
        "core__simple_auth_manager_passwords_file": str(_passwords(settings)),
        "core__fernet_key": keys.keep(settings.home / "keys" / "airflow-fernet", keys.fernet_key),
        "core__execution_api_server_url": f"http://127.0.0.1:{task_port}/execution/",
        "core__test_connection": "Disabled",
        "database__sql_alchemy_conn": f"sqlite:///{_database(settings)}?timeout=60",
        "api__host": "127.0.0.1",
        "api__port": str(settings.airflow_port),
        "api__base_url": url,
        "api__workers": "1",
        "api__secret_key": keys.keep(settings.home / "keys" / "airflow-session", keys.signing_key),
        "api__expose_config": "false",
        "api__instance_name": "Newsdex",
        "api_auth__jwt_secret": keys.keep(settings.home / "keys" / "airflow-jwt", keys.signing_key),
        "logging__base_log_folder": str(home / "logs"),
        "logging__dag_processor_child_process_log_directory": str(home / "logs" / "dag_processor"),
        "logging__remote_logging": "false",
        "logging__logging_level": "INFO",
        "logging__colored_console_log": "false",
        # Five tasks in a row take 1.3-2.3 s with it and 6.5 s without.
        "scheduler__scheduler_idle_sleep_time": "0.1",
        "scheduler__enable_health_check": "false",
        "scheduler__catchup_by_default": "false",
        # A killed task is seen after half a minute instead of five.
        "scheduler__task_instance_heartbeat_timeout": "30",
        "scheduler__orphaned_tasks_check_interval": "30",
        "dag_processor__dag_bundle_config_list": json.dumps([{**bundle, "kwargs": {"path": str(PROJECT / "dags")}}]),
        "dag_processor__refresh_interval": "10",
        "dag_processor__min_file_process_interval": "10",
        "dag_processor__parsing_processes": "1",
        "metrics__statsd_on": "false",
    }


def _database(settings: Settings) -> Path:
    return settings.airflow_home / "airflow.db"


def _passwords(settings: Settings) -> Path:
    return settings.home / "keys" / "airflow-passwords.json"
