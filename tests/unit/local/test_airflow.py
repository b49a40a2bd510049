"""Airflow gets all its settings from us, and none from the person's own Airflow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsdex.local import airflow
from newsdex.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a state folder and a port of their own."""
    return read_settings({"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_AIRFLOW_PORT": "18123"})


@pytest.mark.parametrize(
    "name", ["AIRFLOW_HOME", "AIRFLOW__CORE__DAGS_FOLDER", "AIRFLOW_CONN_X", "_AIRFLOW_WWW_USER_CREATE"]
)
def test_the_persons_own_airflow_variables_do_not_reach_ours(settings: Settings, name: str) -> None:
    """A variable of another Airflow is replaced or gone."""
    assert airflow.environment(settings, {name: "/elsewhere"}, 18124).get(name) != "/elsewhere"


def test_other_variables_do(settings: Settings) -> None:
    """What is not Airflow's passes: the tasks read ELASTICSEARCH_URL and the like."""
    assert (
        airflow.environment(settings, {"ELASTICSEARCH_URL": "http://x:1"}, 18124)["ELASTICSEARCH_URL"] == "http://x:1"
    )


def test_a_proxy_is_not_asked_for_our_own_servers(settings: Settings) -> None:
    """Tasks talk to the API server on this machine directly, also where a proxy is set."""
    env = airflow.environment(settings, {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"}, 18124)
    assert env["NO_PROXY"] == env["no_proxy"] == "intranet,127.0.0.1,localhost"


def test_the_execution_api_is_on_the_chosen_port(settings: Settings) -> None:
    """Tasks find the server that they talk to where it was put."""
    env = airflow.environment(settings, {}, 18124)
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18124/execution/"


def test_the_environment_is_the_same_each_time(settings: Settings) -> None:
    """Keys are made once: tokens stay valid from one start to the next."""
    assert airflow.environment(settings, {}, 18124) == airflow.environment(settings, {}, 18124)


def test_the_password_is_the_one_in_the_file_that_airflow_reads(settings: Settings) -> None:
    """The login that is shown is the one that works."""
    login = airflow.login(settings)
    path = airflow.environment(settings, {}, 18124)["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
    assert json.loads(Path(path).read_text(encoding="utf-8")) == {login.user: login.password}


@pytest.mark.parametrize("component", airflow.COMPONENTS)
def test_every_component_is_the_program_beside_this_python(settings: Settings, component: str) -> None:
    """Not whichever airflow is first on PATH."""
    program, name, *_ = airflow.command(component, settings, 18124)
    assert (Path(program).is_file(), name) == (True, "api-server" if component == "task-api" else component)
