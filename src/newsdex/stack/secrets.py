"""The passwords and keys of the stack, made once: `make secrets` completes `.env` from `.env.example`.

It runs with any Python 3.9 or later and nothing else installed: a server needs only Docker beside it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from newsdex.local import keys

_LINE = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
_SECRET = re.compile(r"_(PASSWORD|KEY|SECRET)$")


def complete(text: str, template: str, own: dict[str, str]) -> tuple[str, list[str]]:
    """Give the lines of `.env` with what the template has beyond them, and the names of the secrets made.

    A value that is there stays as it is: a line is filled where it is empty, and added where it is missing, with the
    comment that the template has above it. `own` has values for variables that are no secrets.

    >>> complete("PORT=9300", "PORT=9200", {})[0].strip()
    'PORT=9300'
    """
    made: list[str] = []
    named = {found[1] for line in template.splitlines() if (found := _LINE.match(line))}
    lines = [_fill(line, named, own, made) for line in text.splitlines()]
    known = {found[1] for line in lines if (found := _LINE.match(line))}
    comment: list[str] = []
    for line in template.splitlines():
        found = _LINE.match(line)
        if found is None:
            comment = [*comment, line] if line.strip() else [""]
        elif found[1] not in known:
            lines += [*comment, _fill(line, named, own, made)]
            comment = []
    return "\n".join(lines).strip("\n") + "\n", made


def write(folder: Path) -> list[str]:
    """Complete `.env` in a folder that has `.env.example`; give the names of the secrets made.

    The file appears whole or not at all, and only its owner may read it, whatever it was before.
    """
    target = folder / ".env"
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    own = {"NEWSDEX_UID": str(os.getuid())} if os.getuid() else {}
    text, made = complete(before, (folder / ".env.example").read_text(encoding="utf-8"), own)
    if text != before:
        draft = target.with_name(f".env.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(target)
    target.chmod(0o600)
    return made


def main() -> None:
    """Complete `.env` in the folder this is called in."""
    made = write(Path.cwd())
    told = f"made {', '.join(made)}" if made else "has every secret already; nothing was changed"
    sys.stdout.write(f".env {told}\n")


def _fill(line: str, named: set[str], own: dict[str, str], made: list[str]) -> str:
    found = _LINE.match(line)
    if found is None or found[2].strip() or found[1] not in named:
        return line
    name = found[1]
    if name in own:
        return f"{name}={own[name]}"
    if not _SECRET.search(name):
        return line
    made.append(name)
    return f"{name}={_make(name)}"


def _make(name: str) -> str:
    if name.endswith("FERNET_KEY"):
        return keys.fernet_key()
    # Letters and digits only: they stand in addresses, in shells and in .env files.
    return keys.password() if name.endswith("PASSWORD") else keys.password() + keys.password() + keys.password()


if __name__ == "__main__":
    main()
