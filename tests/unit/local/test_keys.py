"""Secrets are made once and only their owner may read them."""

from __future__ import annotations

import os
from pathlib import Path

from newsdex.local import keys


def test_a_secret_stays_the_same(tmp_path: Path) -> None:
    """The second call gives the secret that the first one made."""
    first = keys.keep(tmp_path / "keys" / "jwt", keys.signing_key)
    assert keys.keep(tmp_path / "keys" / "jwt", keys.signing_key) == first


def test_only_the_owner_reads_it_whatever_the_umask(tmp_path: Path) -> None:
    """The file has mode 0600 even under an open umask."""
    before = os.umask(0)
    try:
        keys.keep(tmp_path / "jwt", keys.signing_key)
    finally:
        os.umask(before)
    assert (tmp_path / "jwt").stat().st_mode & 0o777 == 0o600


def test_no_draft_stays(tmp_path: Path) -> None:
    """Only the secret itself lies in the folder afterwards."""
    keys.keep(tmp_path / "jwt", keys.password)
    assert [path.name for path in tmp_path.iterdir()] == ["jwt"]


def test_two_passwords_differ() -> None:
    """Passwords are random."""
    assert keys.password() != keys.password()
