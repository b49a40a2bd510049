"""The settings, read from the environment explicitly, once, at the edge; everything below takes them as an argument."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

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
            "NEWSDEX_FETCH_CA_CERTS": self.fetch_ca_certs,
            "NEWSDEX_FETCH_HOSTS": self.fetch_hosts,
            "NEWSDEX_ARCHIVE": self.archive_place,
            "NEWSDEX_BACKFILL_ROOTS": os.pathsep.join(map(str, self.backfill_folders)),
        }
        return {**paths, **{name: str(path) for name, path in files.items() if path}}


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
        archive_place=_place(env, "NEWSDEX_ARCHIVE"),
        archive_file_bytes=_whole(env, "NEWSDEX_ARCHIVE_FILE_BYTES", 1_000_000_000),
        fetch_contact=_matching(
            env, "NEWSDEX_FETCH_CONTACT", "", r"(https?://[!-~]+|[!-~]+@[!-~]+)?", "an address of a page or a mailbox"
        ),
        fetch_delay=_seconds(env, "NEWSDEX_FETCH_DELAY", 1.0),
        fetch_connections=_whole(env, "NEWSDEX_FETCH_CONNECTIONS", 32),
        fetch_seconds=_seconds(env, "NEWSDEX_FETCH_SECONDS", 240.0),
        fetch_addresses=_whole(env, "NEWSDEX_FETCH_ADDRESSES", 2_000),
        poll_minutes=_whole(env, "NEWSDEX_POLL_MINUTES", 5),
        fetch_allow_networks=_networks(env, "NEWSDEX_FETCH_ALLOW_NETWORKS"),
        fetch_hosts=_optional_path(env, "NEWSDEX_FETCH_HOSTS"),
        fetch_proxy=_address(env, "NEWSDEX_FETCH_PROXY") or None,
        fetch_ca_certs=_optional_path(env, "NEWSDEX_FETCH_CA_CERTS"),
        backfill_folders=_folders(env, "NEWSDEX_BACKFILL_ROOTS"),
        quarantine_days=_days(env, "NEWSDEX_QUARANTINE_DAYS", 365),
        history_days=_days(env, "NEWSDEX_HISTORY_DAYS", 365),
        version_days=_days(env, "NEWSDEX_VERSION_DAYS", 30),
        kafka_servers=_matching(
            env, "NEWSDEX_KAFKA_SERVERS", "", r"([^\s,/]+:\d+(,[^\s,/]+:\d+)*)?", "a list: kafka-1:9092,kafka-2:9092"
        ),
        kafka_topics=_topics(env, "NEWSDEX_KAFKA_TOPICS"),
        kafka_group=_matching(env, "NEWSDEX_KAFKA_GROUP", "newsdex", r"[!-~]{1,200}", "a name without blanks"),
        kafka_options=_json_object(env, "NEWSDEX_KAFKA_OPTIONS"),
        kafka_connection=_matching(env, "NEWSDEX_KAFKA_CONNECTION", "", r"[\w.:-]*", "an id of a connection"),
        kafka_mapping=_json_object(env, "NEWSDEX_KAFKA_MAPPING"),
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
    Variable("NEWSDEX_ARCHIVE", "", "folder or object store (s3://bucket/prefix) of the raw archive"),
    Variable("NEWSDEX_ARCHIVE_FILE_BYTES", "1000000000", "bytes of a file of it; then the next one is begun"),
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
    Variable("NEWSDEX_BACKFILL_ROOTS", "var/backfill", "folders that bulk loads may read below, with `:` between"),
    Variable("NEWSDEX_QUARANTINE_DAYS", "365", "days a refused document stays in quarantine; 0: for ever"),
    Variable("NEWSDEX_HISTORY_DAYS", "365", "days that balance sheets, scorecards and reports are kept; 0: for ever"),
    Variable("NEWSDEX_VERSION_DAYS", "30", "days that an index is kept after a rebuild replaced it; 0: for ever"),
    Variable("NEWSDEX_FETCH_CONTACT", "", "page or mailbox that sites can turn to; part of the User-Agent"),
    Variable("NEWSDEX_FETCH_DELAY", "1", "seconds between two requests to one registered domain"),
    Variable("NEWSDEX_FETCH_CONNECTIONS", "32", "requests at once of one fetching process, to all domains together"),
    Variable("NEWSDEX_FETCH_SECONDS", "240", "seconds that one run fetches; the rest waits for the next one"),
    Variable("NEWSDEX_FETCH_ADDRESSES", "2000", "addresses that one run fetches at most"),
    Variable("NEWSDEX_POLL_MINUTES", "5", "minutes from one look at the sources to the next"),
    Variable("NEWSDEX_FETCH_ALLOW_NETWORKS", "", "networks of your own to fetch from (10.1.0.0/16,fd00::/8)"),
    Variable("NEWSDEX_FETCH_HOSTS", "", "file like /etc/hosts, asked before the DNS"),
    Variable("NEWSDEX_FETCH_PROXY", "", "proxy to fetch through (http://proxy:3128)"),
    Variable("NEWSDEX_FETCH_CA_CERTS", "", "file of the authorities to trust instead of the system's"),
    Variable("NEWSDEX_KAFKA_SERVERS", "", "Kafka brokers to begin with (kafka-1:9092,kafka-2:9092)"),
    Variable("NEWSDEX_KAFKA_TOPICS", "", "topics whose messages are documents, with `,` between"),
    Variable("NEWSDEX_KAFKA_GROUP", "newsdex", "consumer group that remembers how far they are read"),
    Variable("NEWSDEX_KAFKA_OPTIONS", "", "what else the client needs, as JSON: encryption, a user"),
    Variable("NEWSDEX_KAFKA_CONNECTION", "", "Airflow connection (kafka_default) that has servers and options"),
    Variable("NEWSDEX_KAFKA_MAPPING", "", 'which key of a JSON message is which field ({"headline": "title"})'),
    Variable("ELASTICSEARCH_URL", "", "your own cluster (https://host:9200); no node is started then"),
    Variable("ELASTICSEARCH_API_KEY", "", "how to get into it: an API key,"),
    Variable("ELASTICSEARCH_USER", "", "or a user"),
    Variable("ELASTICSEARCH_PASSWORD", "", "with a password"),
    Variable("ELASTICSEARCH_CA_CERTS", "", "file of the authority that signed its certificate"),
)
"""Every variable that `read_settings` reads."""


def _place(env: Mapping[str, str], name: str) -> str | None:
    """Read where something lies: a folder, made absolute, or the URL of a place that is none."""
    text = env.get(name, "").strip()
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://").removeprefix("localhost")) or "/"
    if not text or "://" not in text:
        return str(Path(text).absolute()) if text else None
    if re.match("[^/]*://[^/@]*:[^/@]*@", text):
        raise UserError(f"{name} holds a user or a password", "put them where the store's own client looks for them")
    return text


def _folders(env: Mapping[str, str], name: str) -> tuple[Path, ...]:
    return tuple(Path(part).absolute() for part in env.get(name, "").split(os.pathsep) if part.strip())


def _topics(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(part.strip() for part in env.get(name, "").split(",") if part.strip()))
    if wrong := next((topic for topic in topics if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", topic)), None):
        raise UserError(f"{name}: {wrong!r} is no name of a topic", f"write names like {name}=news,wires")
    return topics


def _json_object(env: Mapping[str, str], name: str) -> dict[str, Any]:
    """Read a JSON object. What stands there is not repeated in an error: it may be a password."""
    text = env.get(name, "").strip()
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{name} is no JSON object", f'write it like {name}=\'{{"key": "value"}}\'')
    return value


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise UserError(f"{name}={text!r} is not a whole number above zero", f"unset it to use {default}")
    return int(text)


def _days(env: Mapping[str, str], name: str, default: int) -> int:
    return 0 if env.get(name, "").strip() == "0" else _whole(env, name, default)


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) is None or float(text) == 0:
        raise UserError(f"{name}={text!r} is not a number of seconds above zero", f"unset it to use {default:g}")
    return float(text)


def _networks(env: Mapping[str, str], name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(word) for word in re.split(r"[\s,]+", env.get(name, "")) if word)
    except ValueError as wrong:
        raise UserError(f"{name}: {wrong}", f"write networks like {name}=10.1.0.0/16,192.168.7.0/24") from wrong


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


def _optional_path(env: Mapping[str, str], name: str) -> Path | None:
    text = _existing_file(env, name)
    return Path(text) if text else None


def _existing_file(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "").strip()
    if text and not Path(text).is_file():
        raise UserError(f"{name}={text!r}: no such file", "give the path of a file that exists")
    return str(Path(text).absolute()) if text else None
