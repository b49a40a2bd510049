"""The real Elasticsearch with security on: TLS with our own authority's certificates, passwords, and so roles."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from free_ports import free_port

from newsdex.errors import UserError
from newsdex.index import connect
from newsdex.node.configuration import server_settings, write_configuration
from newsdex.node.jdk import find_jdk
from newsdex.node.privileges import give, plan_launch
from newsdex.settings import PROJECT, Settings, read_settings

PASSWORD = "bootstrap-password"
_PATIENCE = 600.0


class SecuredNode:
    """A node on a free port of 127.0.0.1 whose user `elastic` has the password `PASSWORD`.

    The certificates are made by the script that the stack for a server uses, with the distribution's own tool.
    """

    def __init__(self, home: Path, program: Path) -> None:
        self.home = home
        self.program = program
        self.port = free_port()
        self.certificates = home / "certificates"
        self._process: subprocess.Popen[bytes] | None = None

    def settings(self, user: str, password: str, **variables: str) -> Settings:
        """Give the settings of somebody who comes to this node."""
        return read_settings(
            {
                "NEWSDEX_HOME": str(self.home),
                "ELASTICSEARCH_URL": f"https://localhost:{self.port}",
                "ELASTICSEARCH_CA_CERTS": str(self.certificates / "trust" / "ca.crt"),
                "ELASTICSEARCH_USER": user,
                "ELASTICSEARCH_PASSWORD": password,
                **variables,
            }
        )

    def start(self) -> None:
        """Make certificates and keystore, start the server, wait until it answers."""
        own = read_settings({"NEWSDEX_HOME": str(self.home), "NEWSDEX_ES_HEAP": "512m"})
        home = own.node_home
        for name in ("data", "logs", "tmp"):
            (home / name).mkdir(parents=True)
        config = write_configuration(own, self.program)
        environment = {
            "PATH": f"{self.program / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home / "tmp"),
            "ES_JAVA_HOME": str(find_jdk().home),
            "ES_PATH_CONF": str(config),
            "ES_TMPDIR": str(home / "tmp"),
        }
        make_certificates(self.certificates, environment)
        self._write_settings(own, config)
        _run(["elasticsearch-keystore", "create"], environment)
        _run(["elasticsearch-keystore", "add", "--stdin", "bootstrap.password"], environment, PASSWORD)
        launch = plan_launch(own.elasticsearch_run_as, (home / "data", self.program / "bin", find_jdk().home / "bin"))
        if launch.account is not None:
            for name in ("data", "logs", "tmp", "config"):
                give(launch.account, home / name)
        with (home / "logs" / "console.log").open("wb") as console:
            self._process = subprocess.Popen(
                [*launch.prefix, str(self.program / "bin" / "elasticsearch")],
                cwd=self.program,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        self._wait(home / "logs" / "console.log")

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)

    def _write_settings(self, own: Settings, config: Path) -> None:
        """Write what docker-compose.yml gives Elasticsearch, but for the paths."""
        tls = {"key": "elasticsearch.key", "certificate": "elasticsearch.crt", "certificate_authorities": "ca.crt"}
        (config / "certificates").mkdir()
        for name in tls.values():
            (config / "certificates" / name).write_bytes((self.certificates / "elasticsearch" / name).read_bytes())
        values = {
            **server_settings(own),
            "http.port": self.port,
            "xpack.security.enabled": True,
            **{
                f"xpack.security.{layer}.ssl.{name}": value
                for layer in ("http", "transport")
                for name, value in {
                    "enabled": True,
                    **{key: f"certificates/{file}" for key, file in tls.items()},
                }.items()
            },
        }
        lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items())
        (config / "elasticsearch.yml").write_text(lines, encoding="utf-8")

    def _wait(self, console: Path) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                with connect(self.settings("elastic", PASSWORD)) as client:
                    client.cluster.health(wait_for_status="yellow", timeout="30s")
                    return
            except UserError as failure:
                died = self._process is None or self._process.poll() is not None
                if died or time.monotonic() > deadline:
                    said = console.read_text(encoding="utf-8", errors="replace")[-3000:]
                    raise AssertionError(f"{failure}\n{said}") from failure
            time.sleep(0.5)


def make_certificates(folder: Path, environment: dict[str, str]) -> None:
    """Run the stack's script over four folders, as it runs over four volumes."""
    for name in ("authority", "elasticsearch", "kibana", "trust"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _run(["bash", str(PROJECT / "docker" / "certificates.sh"), str(folder)], environment)


def _run(command: list[str], environment: dict[str, str], given: str = "") -> None:
    done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
