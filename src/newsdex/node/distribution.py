"""The embedded Elasticsearch's program: fetched by Maven from a pinned pom, the analyzer plugin built beside it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsdex.errors import UserError
from newsdex.node.jdk import Jdk, find_jdk
from newsdex.settings import PROJECT, Settings

SOURCES = PROJECT / "src" / "analyzers"
"""The pom that pins the server, and the plugin's Java."""

PLUGIN = "newsdex-analyzers"
"""The plugin's name, and so its folder's."""

_COMPLETE = ".complete"


@dataclass(frozen=True, slots=True)
class Pin:
    """Which server is meant, exactly: its version, and the SHA-256 of the archive it comes in."""

    version: str
    sha256: str


def read_pin(pom: Path = SOURCES / "pom.xml") -> Pin:
    """Read the pinned version from the pom, the only place it stands.

    >>> read_pin().version.startswith("9.")
    True
    """
    text = pom.read_text(encoding="utf-8")
    found = [re.search(rf"<elasticsearch\.{name}>([^<]+)<", text) for name in ("version", "sha256")]
    if found[0] is None or found[1] is None:
        raise UserError(f"{pom}: no elasticsearch.version or elasticsearch.sha256", "restore the file from git")
    return Pin(found[0][1].strip(), found[1][1].strip())


def program_folder(settings: Settings) -> Path:
    """Say where the program lies or will lie; the name changes with the pin and with the plugin's sources."""
    digest = hashlib.sha256()
    for path in (SOURCES / "pom.xml", *sorted((SOURCES / "src" / "main").rglob("*"))):
        if path.is_file():
            digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes())
    return settings.node_home / "program" / f"elasticsearch-{read_pin().version}-{digest.hexdigest()[:8]}"


def is_installed(settings: Settings) -> bool:
    """Tell whether `install` has nothing to do."""
    return (program_folder(settings) / _COMPLETE).is_file()


def install(settings: Settings, *, tell: Callable[[str], None] = lambda _: None) -> Path:
    """Fetch the server, build the plugin and unpack both, once; give the program's folder.

    Later calls return at once, and several homes may share one program: it is only read. An interrupted install leaves
    nothing that counts, and is redone. `tell` receives a line where something takes long. Raises `UserError` when a
    JDK or Maven is missing, a step fails, or the archive is not the pinned one.
    """
    program = program_folder(settings)
    if is_installed(settings):
        return program
    jdk, maven = find_jdk(), find_maven()
    program.parent.mkdir(parents=True, exist_ok=True)
    with _alone(program.parent / ".lock"):
        if is_installed(settings):
            return program
        for leftover in program.parent.glob(".install-*"):
            shutil.rmtree(leftover)
        tell(f"fetching Elasticsearch {read_pin().version} and building its analyzer plugin (once, about 100 MB)")
        work = Path(tempfile.mkdtemp(prefix=".install-", dir=program.parent))
        try:
            _build(maven, jdk, work / "build", settings.logs / "maven.log")
            unpacked = _unpack(work / "build" / "distribution", work / "unpacked")
            shutil.copytree(work / "build" / "plugin", unpacked / "plugins" / PLUGIN)
            _make_readable(unpacked)
            (unpacked / _COMPLETE).touch()
            if program.exists():
                shutil.rmtree(program)
            unpacked.rename(program)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return program


def find_maven() -> Path:
    """Find Maven on PATH, under MAVEN_HOME, or where Homebrew or SDKMAN puts it. Raises `UserError` with a hint."""
    home = os.environ.get("MAVEN_HOME") or os.environ.get("M2_HOME")
    sdkman = Path(os.environ.get("SDKMAN_DIR") or Path.home() / ".sdkman")
    usual = [
        *([Path(home) / "bin"] if home else []),
        sdkman / "candidates/maven/current/bin",
        Path("/opt/homebrew/bin"),
        Path("/usr/local/bin"),
    ]
    found = shutil.which("mvn") or shutil.which("mvn", path=os.pathsep.join(map(str, usual)))
    if found is None:
        commands = {
            "brew": "brew install maven",
            "apt-get": "sudo apt-get install maven",
            "dnf": "sudo dnf install maven",
        }
        hint = next(
            (text for program, text in commands.items() if shutil.which(program)), "see maven.apache.org/install"
        )
        raise UserError("Maven (mvn) is not installed: it fetches Elasticsearch and builds its plugin", hint)
    return Path(found)


def _build(maven: Path, jdk: Jdk, build: Path, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    command = [str(maven), "--batch-mode", "--no-transfer-progress", f"-Dnewsdex.build={build}"]
    command += ["--file", str(SOURCES / "pom.xml")]
    # The archive's checksum is the pinned one (_unpack); everything that Maven runs or compiles is checked by Maven.
    for step in (["--strict-checksums", "package"], ["dependency:copy@server"]):
        with log.open("ab") as output:
            done = subprocess.run(
                [*command, *step],
                env={**os.environ, "JAVA_HOME": str(jdk.home)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            error = next((line for line in lines if line.startswith(("[ERROR]", "[FATAL]"))), "no error line")
            raise UserError(f"Maven could not fetch Elasticsearch: {error}", f"the whole story: {log}; then try again")


def _unpack(distribution: Path, into: Path) -> Path:
    pin = read_pin()
    archive = distribution / f"elasticsearch-{pin.version}.zip"
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != pin.sha256:
        raise UserError(
            f"{archive.name} is not the pinned archive (sha256 {found})",
            "remove ~/.m2/repository/org/elasticsearch/distribution and try again",
        )
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(into)
        for entry in packed.infolist():
            if (entry.external_attr >> 16) & 0o100:
                (into / entry.filename).chmod(0o755)
    return into / f"elasticsearch-{pin.version}"


def _make_readable(program: Path) -> None:
    # Whatever the umask was: the server may run as a user that owns none of it.
    for path in (program, *program.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
