"""The import into Kibana, against a server that answers as Kibana does: only its own word is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from free_ports import free_port
from kibana_server import KibanaServer
from saved_objects import Objects, shipped_file
from typer.testing import CliRunner, Result

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.kibana.importing import Kibana, KibanaSilentError, import_objects, read_answer

COUNT = len(shipped_file().splitlines())
HTML = {"Content-Type": "text/html"}
NOT_READY = (503, {"Content-Type": "text/plain"}, b"Kibana server is not ready yet")


def told(failed: Callable[[], Any]) -> str:
    """Give what a person is told."""
    with pytest.raises(UserError) as caught:
        failed()
    return str(caught.value)


def test_everything_is_taken_and_named() -> None:
    """In the order of the file, into the default space."""
    with KibanaServer() as server:
        report = import_objects(Kibana(server.url), shipped_file())
        assert (report.success, len(report.taken), report.taken[0]) == (True, COUNT, "tag newsdex")
        assert ("", "dashboard", "news-overview") in server.objects


def test_what_is_kept_is_what_was_built() -> None:
    """The form carries every byte, texts beyond ASCII too."""
    with KibanaServer() as server:
        import_objects(Kibana(server.url), shipped_file())
        assert list(server.objects.values()) == Objects(shipped_file()).all


def test_what_is_there_stays_unless_it_may_be_overwritten() -> None:
    """People may have changed a dashboard; they are told how to have ours again."""
    with KibanaServer() as server:
        import_objects(Kibana(server.url), shipped_file())
        again = import_objects(Kibana(server.url), shipped_file())
        assert (again.success, len(again.failed), again.taken) == (False, COUNT, ())
        assert str(again.failed[0]) == "tag newsdex: is there already"
        assert again.hint == "--overwrite replaces what is there"
        assert import_objects(Kibana(server.url), shipped_file(), overwrite=True).success


def test_a_part_that_is_refused_is_told_object_by_object() -> None:
    """The others were taken, and the whole is no success."""
    refused = {"dashboard news-overview": "[attributes.panelsJSON]: expected value of type [string]"}
    with KibanaServer(refused=refused) as server:
        report = import_objects(Kibana(server.url), shipped_file())
        assert (report.success, len(report.taken)) == (False, COUNT - 1)
        assert [str(each) for each in report.failed] == [
            "dashboard news-overview: [attributes.panelsJSON]: expected value of type [string] (400)"
        ]


def test_a_reference_that_leads_nowhere_is_told() -> None:
    """With what is missing."""
    objects = Objects(shipped_file())
    objects.all = [objects.get("search", "latest-runs")]
    with KibanaServer() as server:
        report = import_objects(Kibana(server.url), objects.content())
    assert str(report.failed[0]) == "search latest-runs: names what Kibana does not have: index-pattern news-runs"


def test_a_space_is_imported_into_and_one_that_is_not_there_is_told() -> None:
    """Its id is part of the address."""
    with KibanaServer(spaces=("desk",)) as server:
        assert import_objects(Kibana(server.url, space="desk"), shipped_file()).success
        assert {space for space, _, _ in server.objects} == {"desk"}
        assert "has no space attic" in told(lambda: import_objects(Kibana(server.url, space="attic"), shipped_file()))


@pytest.mark.parametrize("who", [{"user": "elästic", "password": "p:w"}, {"api_key": "a2V5OnNlY3JldA=="}])
def test_credentials_open_it_and_wrong_ones_are_told(who: dict[str, str]) -> None:
    """A user with a password, or an API key; neither is shown."""
    with KibanaServer(**who) as server:  # type: ignore[arg-type]
        assert import_objects(Kibana(server.url, **who), shipped_file()).success  # type: ignore[arg-type]
        message = told(lambda: import_objects(Kibana(server.url, user="other", password="wrong-word"), shipped_file()))
    assert "refuses the credentials (401)" in message
    assert "wrong-word" not in message + repr(Kibana(server.url, password="wrong-word"))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((200, HTML, b"<!doctype html><title>Sign in</title>"), "no Kibana's import: '<!doctype html><title>Sign in"),
        ((200, {}, b'{"success": "true", "successCount": 21}'), "what answers is no Kibana's import"),
        ((200, {}, b""), "what answers is no Kibana's import: an empty answer"),
        ((302, {"Location": "https://sso.example/login"}, b""), "leads on to https://sso.example/login (302)"),
        ((400, {}, b'{"message": "non-unique import objects detected"}'), "(400): non-unique import objects detected"),
        ((403, {}, b'{"message": "Unable to bulk_create dashboard"}'), "(403): Unable to bulk_create dashboard"),
        ((404, HTML, b"<h1>nginx</h1>"), "is no Kibana (404)"),
        ((413, HTML, b"<h1>Too large</h1>"), "refuses the import (413): '<h1>Too large</h1>'"),
        (NOT_READY, "is not ready (503): 'Kibana server is not ready yet'"),
    ],
)
def test_an_answer_that_is_no_import_is_no_success(answer: Any, sentence: str) -> None:
    """A proxy's page, a login, a refusal: each is told with its own words."""
    with KibanaServer(before=[answer]) as server:
        assert sentence in told(lambda: import_objects(Kibana(server.url), shipped_file()))


def test_a_redirect_is_not_followed() -> None:
    """It would take the credentials to another server."""
    with KibanaServer() as other, KibanaServer(before=[(307, {"Location": f"{other.url}/"}, b"")]) as server:
        told(lambda: import_objects(Kibana(server.url, api_key="secret"), shipped_file()))
        assert other.asked == []


def test_a_kibana_that_starts_is_waited_for() -> None:
    """As long as the caller says."""
    with KibanaServer(before=[NOT_READY]) as server:
        assert import_objects(Kibana(server.url), shipped_file(), wait=30).success
        assert len(server.asked) == 2


def test_no_kibana_is_told_as_such() -> None:
    """Nothing listens there."""
    with pytest.raises(KibanaSilentError, match="no Kibana answers at"):
        import_objects(Kibana(f"http://127.0.0.1:{free_port()}"), shipped_file())


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"success": True, "successCount": 3}, "Kibana: says it took 3 of 21 objects and calls that a success"),
        ({"success": False, "successCount": 0}, "Kibana: says that the import failed, and not why"),
        (
            {"success": True, "successCount": 21, "errors": [{"type": "tag", "id": "x", "error": {"type": "unknown"}}]},
            "tag x: unknown",
        ),
        (
            {"success": False, "errors": [{"type": "map", "id": "x", "error": {"type": "unsupported_type"}}]},
            "map x: is of a type that this Kibana does not import",
        ),
        (
            {
                "success": False,
                "errors": [
                    {
                        "type": "query",
                        "id": "x",
                        "error": {"type": "ambiguous_conflict", "destinations": [{"id": "a"}, {"id": "b"}]},
                    }
                ],
            },
            "query x: is there already, more than once: a, b",
        ),
    ],
)
def test_an_answer_that_contradicts_itself_is_no_success(answer: Any, sentence: str) -> None:
    """Success is what all of it says."""
    report = read_answer(json.dumps(answer).encode(), 21)
    assert not report.success
    assert sentence in str(report.failed[0])


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate of its own authority for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "kibana.pem"
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_a_certificate_is_trusted_by_its_authority_only(certificate: Path) -> None:
    """A file of the authority opens it; without one it is told which variable names it."""
    with KibanaServer(certificate=certificate) as server:
        assert import_objects(Kibana(server.url, ca=str(certificate)), shipped_file()).success
        message = told(lambda: import_objects(Kibana(server.url), shipped_file()))
    assert "is not trusted" in message
    assert "NEWSDEX_KIBANA_CA_CERTS" in message


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `newsdex kibana ...` with a Kibana's address."""

    def call(*words: str, url: str = "", **more: str) -> Result:
        for name, value in {"NEWSDEX_KIBANA_URL": url, **more}.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(app, ["kibana", *words])

    return call


def test_the_command_imports_with_what_the_environment_says(command: Callable[..., Result]) -> None:
    """Address, space, user and the page's own address."""
    with KibanaServer(user="elastic", password="secret", spaces=("desk",)) as server:
        settings = {"USER": "elastic", "PASSWORD": "secret", "SPACE": "desk"}
        own = {f"NEWSDEX_KIBANA_{name}": value for name, value in settings.items()}
        done = command("import", url=server.url, NEWSDEX_WEB_URL="https://news.example/search", **own)
        assert (done.exit_code, f"2 dashboards in {server.url}" in done.stdout) == (0, True)
        view = server.objects["desk", "index-pattern", "news"]
    assert "https://news.example/search/article/{{value}}" in view["attributes"]["fieldFormatMap"]


def test_the_commands_exit_code_says_how_it_went(command: Callable[..., Result]) -> None:
    """0 all taken, 1 not all, 2 called without an address, 3 no Kibana there."""
    with KibanaServer() as server:
        assert command("import", url=server.url).exit_code == 0
        again = command("import", url=server.url)
        assert (again.exit_code, f"Kibana took 0 of {COUNT} objects" in again.stderr) == (1, True)
        assert "--overwrite replaces what is there" in again.stderr
        machine = command("import", "--overwrite", "--json", url=server.url)
        assert json.loads(machine.stdout)["success"] is True
    assert command("import").exit_code == 2
    assert command("import", url=f"http://127.0.0.1:{free_port()}").exit_code == 3


def test_build_writes_what_check_finds_right(command: Callable[..., Result], tmp_path: Path) -> None:
    """To a file or to the output, the same bytes."""
    file = tmp_path / "newsdex.ndjson"
    assert command("build", "--out", str(file)).exit_code == 0
    assert command("build").stdout_bytes == file.read_bytes()
    assert command("check", str(file)).exit_code == 0
    assert command("build", "--out", str(tmp_path / "none" / "x")).exit_code == 2


def test_check_tells_each_fault_and_fails(command: Callable[..., Result], tmp_path: Path) -> None:
    """A line each, or as JSON."""
    file = tmp_path / "newsdex.ndjson"
    objects = Objects(shipped_file())
    objects.get("search", "latest-articles")["attributes"]["columns"].append("title")
    file.write_bytes(objects.content())
    checked = command("check", str(file))
    assert (checked.exit_code, checked.stdout) == (1, "✗ search latest-articles: there is no field title in news\n")
    machine = json.loads(command("check", str(file), "--json").stdout)
    assert machine["faults"] == [{"where": "search latest-articles", "what": "there is no field title in news"}]
    assert command("check", str(tmp_path / "none")).exit_code == 2
