"""A server's Airflow is prepared by Airflow's own command line; here a script stands for it that notes its calls."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.local.airflow import POOLS
from newsdex.stack import airflow

_SCRIPT = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
case "$1 $2" in
  "users list") cat "$(dirname "$0")/users" ;;
  "pools list") cat "$(dirname "$0")/pools" ;;
  "db migrate") test ! -e "$(dirname "$0")/broken" || { echo "the database is away" >&2; exit 1; } ;;
esac
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of an Airflow that has nothing yet."""
    program = tmp_path / "airflow"
    program.write_text(_SCRIPT, encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "users").write_text("[]", encoding="utf-8")
    (tmp_path / "pools").write_text('[{"pool": "default_pool", "slots": "128"}]', encoding="utf-8")
    monkeypatch.setattr(airflow, "_AIRFLOW", str(program))
    return tmp_path


def calls(server: Path) -> list[str]:
    """Give what was asked of Airflow, each by its first two words."""
    return [" ".join(line.split()[:2]) for line in (server / "calls").read_text(encoding="utf-8").splitlines()]


def test_what_is_missing_is_made(server: Path) -> None:
    """Tables first, then the account, then each pool that a DAG names: a task in a missing one waits for ever."""
    said = list(airflow.prepare_airflow("a-password"))
    assert calls(server) == ["db migrate", "users list", "users create", "pools list", *["pools set"] * len(POOLS)]
    assert said == ["database: up to date", "account admin: made", *(f"pool {pool['name']}: made" for pool in POOLS)]


def test_what_is_there_is_left_as_it_is(server: Path) -> None:
    """The password may have been changed since, and the slots of a pool."""
    (server / "users").write_text('[{"username": "admin"}]', encoding="utf-8")
    names = ", ".join(f'{{"pool": "{pool["name"]}"}}' for pool in POOLS)
    (server / "pools").write_text(f"[{names}]", encoding="utf-8")
    list(airflow.prepare_airflow("a-password"))
    assert calls(server) == ["db migrate", "users list", "pools list"]


def test_a_step_that_fails_is_told_in_its_own_words_and_ends_it(server: Path) -> None:
    """What waits for the set-up then does not start."""
    (server / "broken").touch()
    with pytest.raises(UserError, match=r"airflow db migrate failed \(exit code 1\):\n  the database is away"):
        list(airflow.prepare_airflow("a-password"))
    assert calls(server) == ["db migrate"]


def test_an_account_without_a_password_is_not_made(server: Path) -> None:
    """Nothing is done at all."""
    with pytest.raises(UserError, match="AIRFLOW_ADMIN_PASSWORD"):
        list(airflow.prepare_airflow(""))
    assert not (server / "calls").exists()


def test_tidying_removes_old_logs_and_history(server: Path) -> None:
    """By age; what is younger stays."""
    logs = server / "logs"
    (logs / "run").mkdir(parents=True)
    for name, days in (("old.log", 20), ("young.log", 3)):
        (logs / "run" / name).write_text("said", encoding="utf-8")
        then = time.time() - days * 86_400
        os.utime(logs / "run" / name, (then, then))
    done = CliRunner().invoke(app, ["stack", "tidy", str(logs), "--days", "14"])
    assert done.exit_code == 0, done.output
    assert "1 logs removed" in done.output
    assert [path.name for path in (logs / "run").iterdir()] == ["young.log"]
    assert calls(server) == ["db clean"]


def test_tidying_a_folder_that_is_not_there_is_wrong_use(server: Path) -> None:
    """A mistyped path would otherwise be tidy for ever."""
    done = CliRunner().invoke(app, ["stack", "tidy", str(server / "none")])
    assert done.exit_code == 2
