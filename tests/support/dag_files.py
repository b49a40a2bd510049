"""DAG files of the checkout as Airflow reads them, and forms as it takes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]


def read_dag(name: str) -> Any:
    """Read one DAG under today's environment, which has to name a home of Airflow."""
    from airflow.dag_processing.dagbag import DagBag

    sys.modules.pop(name, None)
    bag = DagBag(PROJECT / "dags" / f"{name}.py")
    assert bag.import_errors == {}
    return bag.dags[name]


def take(dag: Any, form: dict[str, Any]) -> dict[str, Any]:
    """Take a form as Airflow does."""
    return {name: dag.params.get_param(name).resolve(value) for name, value in form.items()}
