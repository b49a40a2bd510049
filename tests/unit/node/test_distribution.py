"""The pinned program and its configuration."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.node import distribution
from newsdex.node.configuration import server_settings, write_configuration
from newsdex.settings import read_settings


def test_the_pin_is_exact() -> None:
    """A full version and a SHA-256; no range, no `latest`."""
    pin = distribution.read_pin()
    assert pin.version.count(".") == 2
    assert len(bytes.fromhex(pin.sha256)) == 32


def test_a_pom_without_a_pin_is_told(tmp_path: Path) -> None:
    """With its path."""
    (tmp_path / "pom.xml").write_text("<project/>")
    with pytest.raises(UserError, match=r"pom\.xml"):
        distribution.read_pin(tmp_path / "pom.xml")


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    """Whoever made it, and however valid it is as an archive."""
    with zipfile.ZipFile(tmp_path / f"elasticsearch-{distribution.read_pin().version}.zip", "w") as archive:
        archive.writestr("elasticsearch/bin/elasticsearch", "#!/bin/sh\n")
    with pytest.raises(UserError, match="not the pinned archive"):
        distribution._unpack(tmp_path, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_another_home_has_its_own_program(tmp_path: Path) -> None:
    """The folder lies in the home, and its name tells version and plugin."""
    settings = read_settings({"NEWSDEX_HOME": str(tmp_path)})
    folder = distribution.program_folder(settings)
    assert folder.is_relative_to(tmp_path)
    assert distribution.read_pin().version in folder.name
    assert not distribution.is_installed(settings)


def test_a_program_half_unpacked_does_not_count(tmp_path: Path) -> None:
    """Only the marker, written last, says that it is whole."""
    settings = read_settings({"NEWSDEX_HOME": str(tmp_path)})
    (distribution.program_folder(settings) / "bin").mkdir(parents=True)
    assert not distribution.is_installed(settings)


def test_the_server_is_for_this_machine_alone(tmp_path: Path) -> None:
    """It asks for no password, so it must not be reached from elsewhere."""
    found = server_settings(read_settings({"NEWSDEX_HOME": str(tmp_path)}))
    assert found["network.host"] == "127.0.0.1"
    assert str(found["path.data"]).startswith(str(tmp_path))


def test_nothing_of_an_earlier_start_is_left_in_the_configuration(tmp_path: Path) -> None:
    """The server writes files of its own there, which would bind a later start."""
    settings = read_settings({"NEWSDEX_HOME": str(tmp_path / "home"), "NEWSDEX_ES_HEAP": "333m"})
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jvm.options").write_text("-XX:+UseG1GC\n-Xlog:gc*:file=gc.log\n")
    folder = write_configuration(settings, tmp_path)
    (folder / "left.behind").touch()
    write_configuration(replace(settings, elasticsearch_port=9333), tmp_path)
    assert not (folder / "left.behind").exists()
    assert "http.port: 9333" in (folder / "elasticsearch.yml").read_text()
    assert "-Xmx333m" in (folder / "jvm.options.d" / "heap.options").read_text()
    assert "-Xlog" not in (folder / "jvm.options").read_text()
