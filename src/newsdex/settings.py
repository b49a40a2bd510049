"""The settings, read from the environment explicitly, once, at the edge; everything below takes them as an argument."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsdex.errors import UserError

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: where dags/, plugins/, config/ and samples/ lie."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and how large they may get. `home` holds all state; sizes are in bytes, times in seconds."""

    home: Path
    config: Path
    elasticsearch_url: str
    elasticsearch_external: bool
    elasticsearch_api_key: str | None = None
    elasticsearch_user: str | None = None
    elasticsearch_password: str | None = None
    elasticsearch_ca: str | None = None
    elasticsearch_heap: str = "1g"
    elasticsearch_port: int = 9200
    airflow_port: int = 8080
    index_prefix: str = ""
    batch_files: int = 500
    batch_bytes: int = 64_000_000
    batches_per_run: int = 16
    document_bytes: int = 20_000_000
    settle_seconds: float = 0.5

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        """Where every input's bytes are kept, as WARC."""
        return self.home / "archive"

    @property
    def spool(self) -> Path:
        """Where batches stand between tasks."""
        return self.home / "spool"

    @property
    def logs(self) -> Path:
        """What the started processes say."""
        return self.home / "logs"

    @property
    def node_home(self) -> Path:
        """The embedded Elasticsearch: its program and its data."""
        return self.home / "elasticsearch"

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME of the Airflow that `newsdex up` starts."""
        return self.home / "airflow"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (the process's own by default).

    Raises `UserError` for a value that is no number where one is needed.

    >>> read_settings({"NEWSDEX_HOME": "/srv/newsdex"}).inbox
    PosixPath('/srv/newsdex/inbox')
    """
    env = os.environ if environment is None else environment
    es_port = _whole(env, "NEWSDEX_ES_PORT", 9200)
    external = env.get("ELASTICSEARCH_URL", "").strip()
    return Settings(
        home=Path(env.get("NEWSDEX_HOME") or PROJECT / "var").absolute(),
        config=Path(env.get("NEWSDEX_CONFIG") or PROJECT / "config").absolute(),
        elasticsearch_url=external or f"http://127.0.0.1:{es_port}",
        elasticsearch_external=bool(external),
        elasticsearch_api_key=env.get("ELASTICSEARCH_API_KEY") or None,
        elasticsearch_user=env.get("ELASTICSEARCH_USER") or None,
        elasticsearch_password=env.get("ELASTICSEARCH_PASSWORD") or None,
        elasticsearch_ca=env.get("ELASTICSEARCH_CA_CERTS") or None,
        elasticsearch_heap=env.get("NEWSDEX_ES_HEAP") or "1g",
        elasticsearch_port=es_port,
        airflow_port=_whole(env, "NEWSDEX_AIRFLOW_PORT", 8080),
        index_prefix=env.get("NEWSDEX_INDEX_PREFIX", ""),
        batch_files=_whole(env, "NEWSDEX_BATCH_FILES", 500),
        batch_bytes=_whole(env, "NEWSDEX_BATCH_BYTES", 64_000_000),
        batches_per_run=_whole(env, "NEWSDEX_BATCHES_PER_RUN", 16),
        document_bytes=_whole(env, "NEWSDEX_DOCUMENT_BYTES", 20_000_000),
    )


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise UserError(f"{name}={text!r} is not a whole number above zero", f"unset it to use {default}")
    return int(text)
