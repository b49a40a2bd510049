"""Who the server runs as: Elasticsearch refuses root, and must die with the process that started it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from newsdex.errors import UserError

_CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start the server: the words before its command, and the account that owns its files.

    `account` is None when the server runs as whoever we are. `switch` says whether the parent has to change the
    account itself, because no `setpriv` in `prefix` does.
    """

    prefix: tuple[str, ...] = ()
    account: Account | None = None
    switch: bool = False


def plan_launch(run_as: str, reads: Iterable[Path]) -> Launch:
    """Decide how the server is started.

    As root it drops to the account `run_as`, and when a folder on the way to `reads` is closed to that account it keeps
    the one capability that passes through (Linux). Where `setpriv` exists, the server also gets a signal when we die.
    Raises `UserError` when that account does not exist or cannot get there.
    """
    setpriv = _find_setpriv()
    dies_with_us = ("--pdeathsig", "TERM")
    if os.geteuid() != 0:
        return Launch((setpriv, *dies_with_us, "--") if setpriv else ())
    account = _find_account(run_as)
    closed = next((folder for path in reads for folder in closed_folders(path, account)), None)
    if setpriv is None:
        if closed is not None:
            raise _unreachable(account, closed)
        return Launch((), account, switch=True)
    words = [setpriv, "--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups", "--no-new-privs"]
    if closed is not None:
        if not _may_grant(_CAP_DAC_READ_SEARCH):
            raise _unreachable(account, closed)
        # Without this secure bit, access(2) answers as if an unprivileged process held no capability, and Java asks it.
        words += ["--securebits", "+no_setuid_fixup"]
        words += ["--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search"]
        words += ["--bounding-set", "-all,+dac_read_search"]
    return Launch((*words, *dies_with_us, "--"), account)


def closed_folders(path: Path, account: Account) -> list[Path]:
    """List the folders on the way to a path that an account may not pass through, outermost first."""
    return [folder for folder in reversed(path.resolve().parents) if not _may_pass(folder, account)]


def give(account: Account, folder: Path) -> None:
    """Make an account the owner of a folder and of all in it."""
    os.chown(folder, account.uid, account.gid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, account.uid, account.gid, follow_symlinks=False)


def _may_pass(folder: Path, account: Account) -> bool:
    try:
        found = folder.stat()
    except FileNotFoundError:
        return True
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _find_account(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise UserError(
            f"Elasticsearch refuses to run as root, and this machine has no account {name!r} to run it as",
            "set NEWSDEX_ES_USER to an unprivileged account",
        ) from None
    if entry.pw_uid == 0:
        raise UserError(f"Elasticsearch refuses to run as root, and {name!r} is root", "set NEWSDEX_ES_USER to another")
    return Account(name, entry.pw_uid, entry.pw_gid)


def _unreachable(account: Account, closed: Path) -> UserError:
    return UserError(
        f"Elasticsearch refuses root and so runs as {account.name!r}, which may not pass through {closed}",
        f"chmod o+x {closed}; or set NEWSDEX_HOME to a folder it can reach; or do not run as root",
    )


def _find_setpriv() -> str | None:
    if sys.platform != "linux" or (found := shutil.which("setpriv")) is None:
        return None
    # BusyBox has a setpriv too, without this option.
    told = subprocess.run([found, "--help"], capture_output=True, text=True, check=False)
    return found if "--pdeathsig" in told.stdout + told.stderr else None


def _may_grant(capability: int) -> bool:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    held = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0)
    return bool(held >> capability & 1)
