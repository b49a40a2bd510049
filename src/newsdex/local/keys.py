"""Secrets made once on this machine and kept in files that only their owner may read."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """Give the secret that stands in a file; on the first call make it and write it there with mode 0600.

    Two processes that call at once get the same secret: the file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def signing_key() -> str:
    """Make a key for signing tokens and sessions: 64 random bytes, base64."""
    return base64.b64encode(secrets.token_bytes(64)).decode("ascii")


def fernet_key() -> str:
    """Make a Fernet key (32 random bytes, URL-safe base64): Airflow encrypts stored connections with it.

    >>> len(base64.urlsafe_b64decode(fernet_key()))
    32
    """
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def password() -> str:
    """Make a password that a person can copy from a terminal: 96 random bits, no look-alike letters.

    >>> len(password())
    20
    """
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(20))
