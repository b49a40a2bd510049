"""Airflow as it reads the checkout's DAGs: no database is needed for that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="package")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give Airflow a home of its own and the project's folders: no database is needed to read DAGs."""
    home = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(home))
        patch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(PROJECT / "dags"))
        patch.setenv("AIRFLOW__CORE__PLUGINS_FOLDER", str(PROJECT / "plugins"))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        patch.setenv("AIRFLOW__CORE__UNIT_TEST_MODE", "True")
        patch.setenv("NEWSDEX_HOME", str(home / "newsdex"))
        patch.syspath_prepend(PROJECT / "plugins")
        yield
    for path in (*(PROJECT / "dags").glob("*.py"), *(PROJECT / "plugins").glob("*.py")):
        sys.modules.pop(path.stem, None)


@pytest.fixture(scope="package")
def dag_bag(airflow: None) -> Any:
    """All DAGs of the checkout."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(PROJECT / "dags")
