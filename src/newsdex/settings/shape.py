"""What is settled: where things lie, who serves what, and how large things may get."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsdex.errors import UserError

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout: where dags/, plugins/, config/ and samples/ lie."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and how large they may get. `home` holds all state; sizes are in bytes, times in seconds."""

    home: Path
    config: Path
    elasticsearch_url: str
    elasticsearch_external: bool
    elasticsearch_api_key: str | None = field(default=None, repr=False)
    elasticsearch_user: str | None = None
    elasticsearch_password: str | None = field(default=None, repr=False)
    elasticsearch_ca: str | None = None
    elasticsearch_heap: str = "1g"
    elasticsearch_port: int = 9200
    elasticsearch_run_as: str = "nobody"
    airflow_port: int = 8080
    web_host: str = "127.0.0.1"
    web_port: int = 8090
    web_url: str = "http://127.0.0.1:8090"
    web_user: str | None = None
    web_password: str | None = field(default=None, repr=False)
    web_changes: bool = False
    kibana_url: str = ""
    kibana_space: str = ""
    kibana_api_key: str | None = field(default=None, repr=False)
    kibana_user: str | None = None
    kibana_password: str | None = field(default=None, repr=False)
    kibana_ca: str | None = None
    notify_url: str = field(default="", repr=False)
    notify_mailboxes: tuple[str, ...] = ()
    index_prefix: str = ""
    batch_files: int = 500
    batch_bytes: int = 64_000_000
    batches_per_run: int = 16
    document_bytes: int = 20_000_000
    document_seconds: float = 20.0
    document_memory: int = 1_000_000_000
    task_workers: int = 1
    settle_seconds: float = 0.5
    archive_place: str | None = None
    archive_file_bytes: int = 1_000_000_000
    fetch_contact: str = ""
    fetch_delay: float = 1.0
    fetch_connections: int = 32
    fetch_seconds: float = 240.0
    fetch_addresses: int = 2_000
    poll_minutes: int = 5
    fetch_allow_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    fetch_hosts: Path | None = None
    fetch_proxy: str | None = None
    fetch_ca_certs: Path | None = None
    backfill_folders: tuple[Path, ...] = ()
    kafka_servers: str = ""
    kafka_topics: tuple[str, ...] = ()
    kafka_group: str = "newsdex"
    kafka_options: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    kafka_connection: str = ""
    kafka_mapping: Mapping[str, Any] = field(default_factory=dict, hash=False)
    quarantine_days: int = 365
    history_days: int = 365
    version_days: int = 30

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.home / "inbox"

    @property
    def backfill_roots(self) -> tuple[Path, ...]:
        """Below which folders bulk loads may read: nothing that an Airflow form names is read from elsewhere."""
        return self.backfill_folders or (self.home / "backfill", self.inbox)

    @property
    def archive_location(self) -> str:
        """Where every input's bytes are kept, as WARC: a folder's path, or an object store's URL."""
        return self.archive_place or str(self.home / "archive")

    @property
    def archive(self) -> Path:
        """The raw archive's folder. Raises `UserError` when it is no folder but in an object store."""
        if "://" in self.archive_location:
            raise UserError(f"the raw archive is at {self.archive_location}", "this works on one in a folder only")
        return Path(self.archive_location)

    @property
    def archive_digests(self) -> Path:
        """The list of what the raw archive has, by which repeats are found; it may be lost."""
        return self.home / "archive-digests.sqlite"

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

    def paths_for_children(self) -> dict[str, str]:
        """Give the variables that hold paths, made absolute: a child process may stand in another folder."""
        paths = {"NEWSDEX_HOME": str(self.home), "NEWSDEX_CONFIG": str(self.config)}
        files = {
            "ELASTICSEARCH_CA_CERTS": self.elasticsearch_ca,
            "NEWSDEX_KIBANA_CA_CERTS": self.kibana_ca,
            "NEWSDEX_FETCH_CA_CERTS": self.fetch_ca_certs,
            "NEWSDEX_FETCH_HOSTS": self.fetch_hosts,
            "NEWSDEX_ARCHIVE": self.archive_place,
            "NEWSDEX_BACKFILL_ROOTS": os.pathsep.join(map(str, self.backfill_folders)),
        }
        return {**paths, **{name: str(path) for name, path in files.items() if path}}
