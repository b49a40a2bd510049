"""The stack's files, as far as they can be tried without Docker: what every service has to have, and what fits what."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from newsdex.cli import app
from newsdex.node.distribution import read_pin
from newsdex.settings import PROJECT, VARIABLES
from newsdex.stack import secrets

FILES = ("docker-compose.yml", "docker-compose.dev.yml")
TEXTS = {name: (PROJECT / name).read_text(encoding="utf-8") for name in FILES}
SERVICES = [
    (name, service, shape) for name in FILES for service, shape in yaml.safe_load(TEXTS[name])["services"].items()
]
SERVER = {service: shape for name, service, shape in SERVICES if name == "docker-compose.yml"}
ONCE = {service for _, service, shape in SERVICES if shape.get("restart") == "no"}
OURS = {service: shape for service, shape in SERVER.items() if "build" in shape}
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (PROJECT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

each_service = pytest.mark.parametrize("shape", [pytest.param(s, id=f"{n}:{k}") for n, k, s in SERVICES])


@each_service
def test_a_service_has_bounds(shape: dict[str, Any]) -> None:
    """Memory, and logs that are rotated."""
    assert "mem_limit" in shape
    assert shape["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}


@each_service
def test_a_service_says_whether_it_is_well_or_runs_once(shape: dict[str, Any]) -> None:
    """All but the one that sleeps all day and has nothing to answer."""
    sleeps = "sleep" in str(shape.get("command"))
    assert "healthcheck" in shape or shape.get("restart") == "no" or sleeps


@each_service
def test_ports_are_open_to_this_machine_only(shape: dict[str, Any]) -> None:
    """Docker opens ports past a firewall's rules."""
    assert all(port.startswith("127.0.0.1:") for port in shape.get("ports", ()))


@each_service
def test_versions_are_pinned(shape: dict[str, Any]) -> None:
    """Down to the patch, but for our own image, which is built from this checkout."""
    image = shape["image"]
    assert image.startswith("newsdex:") or re.search(r":(\$\{\w+:-)?\d+\.\d+(\.\d+)?(-\w+)?\}?$", image)


def test_elasticsearch_is_the_version_that_the_tests_run() -> None:
    """The pom pins the embedded one."""
    for text in TEXTS.values():
        assert set(re.findall(r"\$\{STACK_VERSION:-([^}]+)\}", text)) == {read_pin().version}
    assert EXAMPLE["STACK_VERSION"] == read_pin().version


@pytest.mark.parametrize("name", FILES)
def test_no_secret_has_a_default(name: str) -> None:
    """Without `make secrets` nothing starts, and every secret is one that it makes."""
    used = re.findall(r"\$\{(\w+_(?:PASSWORD|KEY|SECRET))([^}]*)\}", TEXTS[name])
    assert used
    assert [variable for variable, rest in used if not rest.startswith(":?")] == []
    assert {variable for variable, _ in used} <= set(EXAMPLE)


def test_every_variable_is_explained() -> None:
    """What the files read stands in `.env.example`, with the same default; what stands there is read."""
    read: dict[str, set[str]] = {}
    for text in TEXTS.values():
        for variable, default in re.findall(r"(?<!\$)\$\{(\w+)(?::?[-?]([^}]*))?\}", text):
            read.setdefault(variable, set()).add(default)
    assert set(read) == set(EXAMPLE)
    other = {name for name in read if EXAMPLE[name] and not read[name] <= {EXAMPLE[name], ""}}
    assert other == set()


def test_what_a_service_waits_for_is_there() -> None:
    """And is well or has ended, as it is a service that stays or one that runs once."""
    for shape in SERVER.values():
        for other, condition in shape.get("depends_on", {}).items():
            ends = condition["condition"] == "service_completed_successfully"
            assert other in SERVER
            assert ends == (other in ONCE)


def test_waiting_for_the_stack_takes_no_end_for_a_failure() -> None:
    """`up --wait` fails on a service that ends, unless another one waits for its end."""
    awaited = {other for shape in SERVER.values() for other in shape.get("depends_on", {})}
    assert ONCE & set(SERVER) <= awaited


def test_the_passwords_that_a_service_gets_are_those_it_needs() -> None:
    """The pages cannot write, only the workers can, and who parses DAGs or watches the inbox comes with nothing."""
    users = {name: shape.get("environment", {}).get("ELASTICSEARCH_USER") for name, shape in OURS.items()}
    assert {name for name, user in users.items() if user == "newsdex_writer"} == {"airflow-worker"}
    assert {name for name, user in users.items() if user == "newsdex_reader"} == {"web", "airflow-api"}
    assert {name for name, user in users.items() if user == "elastic"} == {"elasticsearch-setup"}


def test_databases_are_out_of_the_pages_reach() -> None:
    """Airflow's database and queue are in a network without a way out, and the page and Kibana are not in it."""
    networks = yaml.safe_load(TEXTS["docker-compose.yml"])["networks"]
    assert networks["queue"] == {"internal": True}
    assert SERVER["postgres"]["networks"] == SERVER["redis"]["networks"] == ["queue"]
    assert "networks" not in SERVER["web"]
    assert "networks" not in SERVER["kibana"]


def test_only_one_service_sees_the_key_of_the_authority() -> None:
    """The one that signs with it."""
    seen = [
        name for name, shape in SERVER.items() if any(str(v).startswith("authority:") for v in shape.get("volumes", ()))
    ]
    assert seen == ["certificates"]


def test_every_volume_is_declared_and_used() -> None:
    """A mistyped name would be a new, empty volume."""
    for name in FILES:
        whole = yaml.safe_load(TEXTS[name])
        used = {volume.split(":")[0] for shape in whole["services"].values() for volume in shape.get("volumes", ())}
        assert {volume for volume in used if not volume.startswith((".", "$"))} == set(whole["volumes"])


def test_every_newsdex_command_exists() -> None:
    """With its options; `newsdex` itself says so."""
    group = get_command(app)
    for shape in OURS.values():
        line = shape["command"]
        words = line if line[0] == "newsdex" else shlex.split(line[-1].partition("do ")[2].partition(";")[0])
        if words[:1] != ["newsdex"]:
            continue
        context = group.make_context("newsdex", [*words[1:], "--help"], resilient_parsing=True)
        command: Any = group
        for word in words[1:]:
            found = command.get_command(context, word) if hasattr(command, "get_command") else None
            if found is None:
                break
            command = found
        assert not hasattr(command, "get_command"), words
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


def test_newsdex_is_given_variables_that_it_reads() -> None:
    """A mistyped name would be taken for nothing."""
    own = {"NEWSDEX_WRITER_PASSWORD", "NEWSDEX_READER_PASSWORD", "NEWSDEX_ANALYST_PASSWORD"}
    known = {variable.name for variable in VARIABLES} | own
    for shape in OURS.values():
        given = {name for name in shape.get("environment", {}) if name.startswith(("NEWSDEX_", "ELASTICSEARCH_"))}
        assert given <= known


def test_any_other_setting_reaches_all_that_is_ours() -> None:
    """From one file that need not be there; the stack's own values win over it."""
    assert OURS
    for shape in OURS.values():
        assert shape["env_file"] == [{"path": "newsdex.env", "required": False}]


def test_the_image_has_what_it_copies() -> None:
    """`.dockerignore` lets through what the build copies by name, and neither state nor secrets."""
    allowed = {line[1:] for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"}
    assert {"pyproject.toml", "uv.lock", "README.md", "LICENSE", "src", "dags", "plugins", "config"} <= allowed
    assert all((PROJECT / name).exists() for name in allowed)
    assert not {".env", "var", ".git"} & allowed
    for name in ("dags", "plugins"):
        assert f"AIRFLOW__CORE__{name.upper()}_FOLDER=/opt/newsdex/{name}" in DOCKERFILE


def test_the_script_for_certificates_is_no_nonsense() -> None:
    """Bash reads it to its end; test_roles runs it."""
    subprocess.run(["bash", "-n", str(PROJECT / "docker" / "certificates.sh")], check=True)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0,
    reason="needs Docker's compose plugin; it needs no daemon for this",
)
def test_docker_reads_it(name: str, tmp_path: Path) -> None:
    """By its own schema, with the secrets that `make secrets` makes."""
    shutil.copy(PROJECT / ".env.example", tmp_path)
    secrets.write(tmp_path)
    command = [
        "docker",
        "compose",
        "--env-file",
        str(tmp_path / ".env"),
        "-f",
        str(PROJECT / name),
        "config",
        "--quiet",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
