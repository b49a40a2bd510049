"""`make secrets` makes every secret once, and never changes one that is there."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsdex.settings import PROJECT
from newsdex.stack import secrets

EXAMPLE = (PROJECT / ".env.example").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a checkout without `.env`."""
    shutil.copy(PROJECT / ".env.example", tmp_path)
    return tmp_path


def values(folder: Path) -> dict[str, str]:
    """Read `.env` as Docker does."""
    text = (folder / ".env").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_every_secret_is_made_and_no_two_are_the_same(folder: Path) -> None:
    """Nothing that lets somebody in has a default."""
    made = secrets.write(folder)
    found = values(folder)
    assert {name for name in found if name.endswith(("_PASSWORD", "_KEY", "_SECRET"))} == set(made)
    assert len({found[name] for name in made}) == len(made)
    assert min(len(found[name]) for name in made) >= 20


def test_secrets_need_no_quoting(folder: Path) -> None:
    """They stand in addresses, in shells and in `.env`: letters and digits, but for the Fernet key's own alphabet."""
    made = secrets.write(folder)
    odd = {name: value for name, value in values(folder).items() if name in made and not value.isalnum()}
    assert set(odd) <= {"AIRFLOW_FERNET_KEY"}
    assert len(base64.urlsafe_b64decode(values(folder)["AIRFLOW_FERNET_KEY"])) == 32


def test_kibana_takes_its_key(folder: Path) -> None:
    """It demands 32 characters."""
    secrets.write(folder)
    assert len(values(folder)["KIBANA_ENCRYPTION_KEY"]) >= 32


def test_only_its_owner_may_read_it_whatever_the_umask(folder: Path) -> None:
    """Also a file that somebody made readable before."""
    before = os.umask(0)
    try:
        secrets.write(folder)
    finally:
        os.umask(before)
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    (folder / ".env").chmod(0o644)
    secrets.write(folder)
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


def test_a_second_call_changes_nothing(folder: Path) -> None:
    """Not a byte."""
    secrets.write(folder)
    before = (folder / ".env").read_bytes()
    assert secrets.write(folder) == []
    assert (folder / ".env").read_bytes() == before


def test_what_a_person_wrote_stays_and_what_is_new_is_added(folder: Path) -> None:
    """After an upgrade `.env` lacks what the newer `.env.example` has; the rest is the person's."""
    (folder / ".env").write_text("# mine\nELASTIC_PASSWORD=chosen\nKIBANA_PORT=6601\nOWN_KEY=\n", encoding="utf-8")
    made = secrets.write(folder)
    text = (folder / ".env").read_text(encoding="utf-8")
    assert text.startswith("# mine\nELASTIC_PASSWORD=chosen\nKIBANA_PORT=6601\nOWN_KEY=\n")
    assert "ELASTIC_PASSWORD" not in made
    assert set(values(folder)) == {"OWN_KEY", *re.findall(r"^([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)}


def test_an_empty_secret_is_filled(folder: Path) -> None:
    """As in a copy of `.env.example`."""
    shutil.copy(folder / ".env.example", folder / ".env")
    secrets.write(folder)
    assert all(values(folder)[name] for name in ("ELASTIC_PASSWORD", "AIRFLOW_JWT_SECRET", "REDIS_PASSWORD"))


def test_it_needs_nothing_but_python(folder: Path) -> None:
    """A server has no virtual environment: the module runs without any package, and prints no secret."""
    command = [sys.executable, "-I", "-S", "-B", "-c"]
    code = f"import sys; sys.path.insert(0, {str(PROJECT / 'src')!r}); from newsdex.stack.secrets import main; main()"
    done = subprocess.run([*command, code], cwd=folder, capture_output=True, text=True, check=True)
    assert ".env made ELASTIC_PASSWORD" in done.stdout
    assert not any(value in done.stdout for value in values(folder).values() if len(value) >= 20)
