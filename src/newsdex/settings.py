"""The settings, read from the environment explicitly, once, at the edge; everything below takes them as an argument."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

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
    elasticsearch_run_as: str = "nobody"
    airflow_port: int = 8080
    index_prefix: str = ""
    batch_files: int = 500
    batch_bytes: int = 64_000_000
    batches_per_run: int = 16
    document_bytes: int = 20_000_000
    document_seconds: float = 20.0
    document_memory: int = 1_000_000_000
    task_workers: int = 1
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

    def paths_for_children(self) -> dict[str, str]:
        """Give the variables that hold paths, made absolute: a child process may stand in another folder."""
        paths = {"NEWSDEX_HOME": str(self.home), "NEWSDEX_CONFIG": str(self.config)}
        return {**paths, "ELASTICSEARCH_CA_CERTS": self.elasticsearch_ca} if self.elasticsearch_ca else paths


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (the process's own by default); `VARIABLES` lists what is read.

    Raises `UserError` naming the variable for a value that cannot be meant: a port of 70000, an address without a
    scheme, an API key beside a user.

    >>> read_settings({"NEWSDEX_HOME": "/srv/newsdex"}).inbox
    PosixPath('/srv/newsdex/inbox')
    """
    env = os.environ if environment is None else environment
    es_port = _port(env, "NEWSDEX_ES_PORT", 9200)
    airflow_port = _port(env, "NEWSDEX_AIRFLOW_PORT", 8080)
    external = _address(env, "ELASTICSEARCH_URL")
    if not external and es_port == airflow_port:
        raise UserError(f"NEWSDEX_ES_PORT and NEWSDEX_AIRFLOW_PORT are both {es_port}", "give them two ports")
    user, password = _credentials(env)
    return Settings(
        home=Path(env.get("NEWSDEX_HOME") or PROJECT / "var").absolute(),
        config=Path(env.get("NEWSDEX_CONFIG") or PROJECT / "config").absolute(),
        elasticsearch_url=external or f"http://127.0.0.1:{es_port}",
        elasticsearch_external=bool(external),
        elasticsearch_api_key=env.get("ELASTICSEARCH_API_KEY") or None,
        elasticsearch_user=user,
        elasticsearch_password=password,
        elasticsearch_ca=_existing_file(env, "ELASTICSEARCH_CA_CERTS"),
        elasticsearch_heap=_matching(env, "NEWSDEX_ES_HEAP", "1g", r"[1-9][0-9]*[mg]", "a size such as 512m or 2g"),
        elasticsearch_port=es_port,
        elasticsearch_run_as=env.get("NEWSDEX_ES_USER") or "nobody",
        airflow_port=airflow_port,
        index_prefix=_matching(
            env, "NEWSDEX_INDEX_PREFIX", "", r"([a-z0-9][a-z0-9._-]*)?", "lower-case letters, digits, `.`, `_` and `-`"
        ),
        batch_files=_whole(env, "NEWSDEX_BATCH_FILES", 500),
        batch_bytes=_whole(env, "NEWSDEX_BATCH_BYTES", 64_000_000),
        batches_per_run=_whole(env, "NEWSDEX_BATCHES_PER_RUN", 16),
        document_bytes=_whole(env, "NEWSDEX_DOCUMENT_BYTES", 20_000_000),
        document_seconds=_whole(env, "NEWSDEX_DOCUMENT_SECONDS", 20),
        document_memory=_whole(env, "NEWSDEX_DOCUMENT_MEMORY", 1_000_000_000),
        task_workers=_whole(env, "NEWSDEX_TASK_WORKERS", 1),
    )


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, what holds without it, and what it says."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("NEWSDEX_HOME", "var", "folder of all state: inbox, archive, servers' data, logs"),
    Variable("NEWSDEX_CONFIG", "config", "folder of the rules and the index mapping"),
    Variable("NEWSDEX_ES_PORT", "9200", "port of the embedded Elasticsearch"),
    Variable("NEWSDEX_ES_HEAP", "1g", "its memory (512m, 2g)"),
    Variable("NEWSDEX_ES_USER", "nobody", "the account it runs as when you are root"),
    Variable("NEWSDEX_JAVA_HOME", "", "the JDK to run it with; without it the best one found"),
    Variable("NEWSDEX_AIRFLOW_PORT", "8080", "port of Airflow's pages"),
    Variable("NEWSDEX_INDEX_PREFIX", "", "put before every index name"),
    Variable("NEWSDEX_BATCH_FILES", "500", "files a batch at most"),
    Variable("NEWSDEX_BATCH_BYTES", "64000000", "bytes a batch at most"),
    Variable("NEWSDEX_BATCHES_PER_RUN", "16", "batches a run at most"),
    Variable("NEWSDEX_DOCUMENT_BYTES", "20000000", "bytes a document at most, decompressed"),
    Variable("NEWSDEX_DOCUMENT_SECONDS", "20", "seconds a document may take; then it is quarantined"),
    Variable("NEWSDEX_DOCUMENT_MEMORY", "1000000000", "bytes of memory a document may take; then it is quarantined"),
    Variable("NEWSDEX_TASK_WORKERS", "1", "worker processes of each Airflow task that ingests a batch"),
    Variable("ELASTICSEARCH_URL", "", "your own cluster (https://host:9200); no node is started then"),
    Variable("ELASTICSEARCH_API_KEY", "", "how to get into it: an API key,"),
    Variable("ELASTICSEARCH_USER", "", "or a user"),
    Variable("ELASTICSEARCH_PASSWORD", "", "with a password"),
    Variable("ELASTICSEARCH_CA_CERTS", "", "file of the authority that signed its certificate"),
)
"""Every variable that `read_settings` reads."""


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise UserError(f"{name}={text!r} is not a whole number above zero", f"unset it to use {default}")
    return int(text)


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    port = _whole(env, name, default)
    if port > 65535:
        raise UserError(f"{name}={port} is no port: the highest is 65535", f"unset it to use {default}")
    return port


def _matching(env: Mapping[str, str], name: str, default: str, pattern: str, wanted: str) -> str:
    text = env.get(name, "").strip() or default
    if re.fullmatch(pattern, text) is None:
        raise UserError(f"{name}={text!r} is not {wanted}", f"unset it to use {default!r}")
    return text


def _address(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip().rstrip("/")
    if not text:
        return ""
    wrong = UserError(
        f"{name}={text!r} is no address of a server", f"write it like {name}=https://search.example.org:9200"
    )
    try:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port is None:
            raise wrong
    except ValueError:
        raise wrong from None
    if parts.username or parts.password:
        hint = "put them into ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD: addresses end up in logs"
        raise UserError(f"{name} holds a user or a password", hint)
    return text


def _credentials(env: Mapping[str, str]) -> tuple[str | None, str | None]:
    user, password = env.get("ELASTICSEARCH_USER") or None, env.get("ELASTICSEARCH_PASSWORD") or None
    if (user is None) != (password is None):
        raise UserError("ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD go together", "set both, or neither")
    if user is not None and env.get("ELASTICSEARCH_API_KEY"):
        raise UserError("ELASTICSEARCH_API_KEY and ELASTICSEARCH_USER are both set", "unset one of them")
    return user, password


def _existing_file(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "").strip()
    if text and not Path(text).is_file():
        raise UserError(f"{name}={text!r}: no such file", "give the path of a PEM file")
    return str(Path(text).absolute()) if text else None
