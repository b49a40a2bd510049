"""Each role on a real server with security on: what it may do, it can; what it may not, the server refuses.

The server speaks TLS with certificates made by the stack's own script, and the roles are those of config/security, put
there by the command that the stack calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import ApiError, Elasticsearch
from example_articles import NOW, make_rejection
from fastapi.testclient import TestClient
from rebuilt_archive import add_rules, ingest, make_home, story
from secured_node import PASSWORD, SecuredNode

from newsdex.errors import UserError
from newsdex.index import Query, connect, ensure_indices, search, write
from newsdex.index.addresses import Sighting
from newsdex.index.frontier import Frontier
from newsdex.index.quarantine import Quarantine, Selection
from newsdex.index.roles import Role, read_role
from newsdex.index.versions import Versions
from newsdex.run import rebuild
from newsdex.run.maintenance import TASKS, maintain_all
from newsdex.settings import Settings
from newsdex.stack.elasticsearch import KIBANA_USER, prepare_elasticsearch, read_passwords
from newsdex.web.app import create_app

pytestmark = pytest.mark.node

PASSWORDS = {role: f"password-of-{role}" for role in Role}
KIBANA_PASSWORD = "password-of-kibana"
EVERYTHING = (
    "news",
    "news-quarantine",
    "news-runs",
    "news-revisions",
    "news-frontier",
    "news-sources",
    "news-scorecards",
)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Iterator[SecuredNode]:
    """Run a server with security on, and an index that is not Newsdex's."""
    node = SecuredNode(tmp_path_factory.mktemp("secured"), program)
    try:
        node.start()
        with connect(node.settings("elastic", PASSWORD)) as client:
            client.indices.create(index="elsewhere")
            client.index(index="elsewhere", document={"secret": True}, refresh=True)
        yield node
    finally:
        node.stop()


@pytest.fixture(scope="module")
def prepared(secured: SecuredNode) -> list[str]:
    """Prepare the server as the stack does, and give what was said."""
    return list(prepare_elasticsearch(secured.settings("elastic", PASSWORD), PASSWORDS, KIBANA_PASSWORD))


@pytest.fixture(scope="module")
def archive(secured: SecuredNode, prepared: list[str], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give the writer's settings, with a home in which four stories and a refused document were taken in."""
    assert prepared
    folder = tmp_path_factory.mktemp("archive")
    home = make_home(secured.settings("newsdex_writer", PASSWORDS[Role.WRITER]), folder / "home")
    ingest(home, folder / "in", {f"{number}.html": story(number) for number in range(4)})
    with connect(home) as client:
        list(write(client, [make_rejection("inbox/refused.txt")], prefix="", indexed_at=NOW))
        client.indices.refresh(index=",".join(EVERYTHING))
    return home


def client_of(node: SecuredNode, role: Role) -> Elasticsearch:
    """Connect as the user of a role."""
    return connect(node.settings(f"newsdex_{role}", PASSWORDS[role]))


@pytest.fixture
def writer(secured: SecuredNode, archive: Settings) -> Iterator[Elasticsearch]:
    """Connect as the workers do."""
    with client_of(secured, Role.WRITER) as client:
        yield client


@pytest.fixture
def reader(secured: SecuredNode, archive: Settings) -> Iterator[Elasticsearch]:
    """Connect as the pages do."""
    with client_of(secured, Role.READER) as client:
        yield client


@pytest.fixture
def analyst(secured: SecuredNode, archive: Settings) -> Iterator[Elasticsearch]:
    """Connect as a person does through Kibana, which is no path that `connect` takes: it asks for the version."""
    own = secured.settings("newsdex_analyst", PASSWORDS[Role.ANALYST])
    login = (str(own.elasticsearch_user), str(own.elasticsearch_password))
    with Elasticsearch(own.elasticsearch_url, basic_auth=login, ca_certs=own.elasticsearch_ca) as client:
        yield client


def status(client: Elasticsearch, method: str, path: str, body: Any = None) -> int:
    """Ask, and give the status of the answer."""
    kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
    headers = {"Accept": "application/json", **({"Content-Type": kind} if body is not None else {})}
    try:
        return client.perform_request(method, path, headers=headers, body=body).meta.status
    except ApiError as refused:
        return refused.meta.status


ADMINISTRATION = [
    ("GET", "/elsewhere/_search", None),
    ("PUT", "/elsewhere/_doc/1", {}),
    ("DELETE", "/elsewhere", None),
    ("PUT", "/another", {}),
    ("PUT", "/newspaper", {}),
    ("POST", "/_aliases", {"actions": [{"add": {"index": "elsewhere", "alias": "news-elsewhere"}}]}),
    ("PUT", "/_security/role/mine", {"cluster": ["all"]}),
    ("PUT", "/_security/user/me", {"password": "long-enough", "roles": ["superuser"]}),
    ("GET", "/_security/user/elastic", None),
    ("POST", "/_security/api_key", {"name": "mine"}),
    ("GET", "/.security-7/_search", None),
    ("PUT", "/_cluster/settings", {"persistent": {"cluster.routing.allocation.enable": "none"}}),
    ("PUT", "/_snapshot/mine", {"type": "fs", "settings": {"location": "mine"}}),
    ("PUT", "/_index_template/mine", {"index_patterns": ["news-*"]}),
]
"""What nobody of ours may do: other people's indices, the cluster, and making oneself more than one is."""

CHANGES = [
    ("PUT", "/news-write/_doc/x", {"headline": "x"}),
    ("POST", "/news-write/_update/x", {"doc": {}}),
    ("POST", "/news-quarantine/_doc", {"reason": "x"}),
    ("POST", "/news-write/_bulk", [{"index": {}}, {"headline": "x"}]),
    ("PUT", "/news-000009", {}),
    ("DELETE", "/news-000001", None),
    ("PUT", "/news/_mapping", {"properties": {"x": {"type": "keyword"}}}),
    ("PUT", "/news/_settings", {"index": {"refresh_interval": "9s"}}),
    ("PUT", "/news-000001/_block/write", None),
    ("POST", "/_aliases", {"actions": [{"remove": {"index": "news-000001", "alias": "news"}}]}),
    ("POST", "/news/_close", None),
]
"""What somebody who only reads may not do."""


def asked(each: tuple[str, str, Any]) -> str:
    """Name a request in a test's id."""
    return f"{each[0]} {each[1]}"


def test_preparing_makes_roles_users_and_indices(prepared: list[str]) -> None:
    """In that order: the indices are made by the writer, and so by its own rights."""
    assert prepared[0] == f"user {KIBANA_USER}: password set"
    assert [line for line in prepared if line.endswith(": made")] == [
        f"{what} newsdex_{role}: made" for role in Role for what in ("role", "user")
    ]
    assert prepared[-1].startswith("indices: ")
    assert "news-000001" in prepared[-1]


def test_preparing_again_changes_nothing(secured: SecuredNode, archive: Settings) -> None:
    """The articles are there, and so are all that was made."""
    said = list(prepare_elasticsearch(secured.settings("elastic", PASSWORD), PASSWORDS, KIBANA_PASSWORD))
    assert [line for line in said if line.endswith("made")] == []
    assert said[-1] == "indices: all there"
    with connect(archive) as client:
        assert client.count(index="news")["count"] >= 4


def test_preparing_for_a_newer_mapping_says_so_and_lets_the_rest_start(
    secured: SecuredNode, archive: Settings, tmp_path: Path
) -> None:
    """After an upgrade the articles are to be rebuilt; the pages serve the old index meanwhile."""
    newer = make_home(secured.settings("elastic", PASSWORD), tmp_path / "newer")
    security = newer.config / "security"
    security.symlink_to(secured.settings("elastic", PASSWORD).config / "security")
    mapping = newer.config / "elasticsearch" / "news.json"
    text = mapping.read_text(encoding="utf-8")
    version = text.partition('"schema_version": ')[2].partition("\n")[0].rstrip(",} ")
    mapping.write_text(text.replace(f'"schema_version": {version}', '"schema_version": 999'), encoding="utf-8")
    said = list(prepare_elasticsearch(newer, PASSWORDS, KIBANA_PASSWORD))
    assert said[-1].startswith("warning: ")
    assert "newsdex rebuild" in said[-1]


def test_passwords_are_demanded() -> None:
    """By name, and before anything is done."""
    with pytest.raises(UserError, match="NEWSDEX_READER_PASSWORD"):
        read_passwords({"NEWSDEX_WRITER_PASSWORD": "long-enough"})


def test_a_wrong_password_is_said_to_be_one(secured: SecuredNode, prepared: list[str]) -> None:
    """Not that the server is silent."""
    with pytest.raises(UserError, match="refuses the credentials"):
        connect(secured.settings("newsdex_writer", "a wrong one"))


def test_a_server_with_another_certificate_is_not_talked_to(secured: SecuredNode, prepared: list[str]) -> None:
    """Without our authority's certificate ours is one."""
    with pytest.raises(UserError, match="certificate verify failed"):
        connect(replace(secured.settings("newsdex_writer", PASSWORDS[Role.WRITER]), elasticsearch_ca=None))


def test_kibana_gets_in_by_its_own_password(secured: SecuredNode, prepared: list[str]) -> None:
    """As the user that the server has for it."""
    with connect(secured.settings(KIBANA_USER, KIBANA_PASSWORD)) as client:
        assert client.security.authenticate()["roles"] == [KIBANA_USER]


def test_the_writer_takes_documents_in(archive: Settings, writer: Elasticsearch) -> None:
    """Articles, refused documents, what waits to be fetched; and finds them."""
    assert search(writer, Query(text="ferry"), prefix="").total >= 4
    assert writer.count(index="news-quarantine")["count"] == 1
    assert [entry.uri for entry in Quarantine(writer, "").find(Selection())] == ["inbox/refused.txt"]
    frontier = Frontier(writer, "")
    frontier.offer([Sighting("https://gazette.example/9")], NOW)
    assert frontier.count(NOW)["waiting"] == 1


def test_the_writer_rebuilds_and_goes_back(archive: Settings, writer: Elasticsearch) -> None:
    """A new index, its alias, the block before the switch, the switch, the way back, and the old one deleted."""
    add_rules(archive)
    report = rebuild.build(archive, processes=1)
    assert report["missing"] == 0
    rebuild.switch(archive, processes=1)
    assert set(writer.indices.get_alias(name="news-write")) == {"news-000002"}
    rebuild.roll_back(archive, processes=1)
    assert set(writer.indices.get_alias(name="news-write")) == {"news-000001"}
    Versions(writer, "").remove("news-000002")
    assert not writer.indices.exists(index="news-000002")


def test_the_writer_does_every_task_of_upkeep(archive: Settings, writer: Elasticsearch) -> None:
    """What the server refused would be told as a task that did not finish."""
    unfinished: list[str] = []

    def told(task: str, report: object) -> None:
        if isinstance(report, Exception):
            unfinished.append(f"{task}: {report}")

    maintain_all(archive, [task.name for task in TASKS], dry_run=False, sample=10, told=told)
    assert unfinished == []


@pytest.mark.parametrize("request_", ADMINISTRATION, ids=asked)
def test_the_writer_is_no_administrator(writer: Elasticsearch, request_: tuple[str, str, Any]) -> None:
    """Nothing of others, nothing of the cluster, no way to more rights."""
    assert status(writer, *request_) == 403


@pytest.mark.parametrize("index", EVERYTHING)
def test_the_reader_reads_all_that_newsdex_keeps(reader: Elasticsearch, index: str) -> None:
    """By search, with its mapping, and page after page of one moment."""
    assert status(reader, "POST", f"/{index}/_search", {"size": 1}) == 200
    assert status(reader, "GET", f"/{index}/_mapping") == 200
    moment = reader.open_point_in_time(index=index, keep_alive="10s")["id"]
    assert reader.close_point_in_time(id=moment)["succeeded"]


@pytest.mark.parametrize("address", ["/", "/?q=ferry", "/search.json?q=ferry", "/pipeline"])
def test_the_pages_need_no_more_than_the_readers_rights(secured: SecuredNode, archive: Settings, address: str) -> None:
    """Search, results and the pipeline's page, served by an app that comes as the reader."""
    own = replace(secured.settings("newsdex_reader", PASSWORDS[Role.READER]), home=archive.home, config=archive.config)
    with TestClient(create_app(own), base_url="http://127.0.0.1") as visitor:
        answer = visitor.get(address)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("request_", CHANGES, ids=asked)
def test_the_reader_changes_nothing(reader: Elasticsearch, request_: tuple[str, str, Any]) -> None:
    """No document, no index, no alias."""
    assert status(reader, *request_) == 403


@pytest.mark.parametrize("request_", ADMINISTRATION, ids=asked)
def test_the_reader_is_no_administrator(reader: Elasticsearch, request_: tuple[str, str, Any]) -> None:
    """Nothing of others, nothing of the cluster, no way to more rights."""
    assert status(reader, *request_) == 403


@pytest.mark.parametrize("index", ["news", "news-quarantine", "news-runs"])
def test_the_analyst_searches_what_kibana_shows(analyst: Elasticsearch, index: str) -> None:
    """And asks which fields there are, as Kibana does on the person's behalf."""
    assert status(analyst, "POST", f"/{index}/_search", {"size": 1}) == 200
    assert status(analyst, "GET", f"/{index}/_field_caps?fields=*") == 200


@pytest.mark.parametrize("index", sorted(set(EVERYTHING) - {"news", "news-quarantine", "news-runs"}))
def test_the_analyst_sees_nothing_of_the_machinery(analyst: Elasticsearch, index: str) -> None:
    """Frontier, revisions and states of sources are not theirs."""
    assert status(analyst, "POST", f"/{index}/_search", {"size": 1}) == 403


@pytest.mark.parametrize("request_", [*CHANGES, *ADMINISTRATION, ("GET", "/_cluster/health", None)], ids=asked)
def test_the_analyst_changes_and_administers_nothing(analyst: Elasticsearch, request_: tuple[str, str, Any]) -> None:
    """Not even the cluster's state is theirs to see."""
    assert status(analyst, *request_) == 403


def test_the_analyst_is_known_to_kibana_by_its_privileges(secured: SecuredNode, prepared: list[str]) -> None:
    """Discover, dashboards and charts, to read; nothing else of Kibana."""
    with connect(secured.settings("elastic", PASSWORD)) as client:
        role = client.security.get_role(name="newsdex_analyst")["newsdex_analyst"]
    (grant,) = role["applications"]
    assert grant["application"] == "kibana-.kibana"
    assert all(privilege.endswith(".read") for privilege in grant["privileges"])


def test_an_api_key_of_a_role_is_as_good(secured: SecuredNode, archive: Settings, tmp_path: Path) -> None:
    """It gets in, writes, and is refused what the role may not."""
    own = secured.settings("elastic", PASSWORD)
    rights = {name: value for name, value in read_role(own, Role.WRITER).items() if name != "description"}
    with connect(own) as client:
        made = client.security.create_api_key(name="worker", role_descriptors={"writer": rights}, expiration="1h")
    key = made["encoded"]
    by_key = replace(archive, elasticsearch_user=None, elasticsearch_password=None, elasticsearch_api_key=key)
    sheet = ingest(by_key, tmp_path / "in", {"by-key.html": story(77)})
    assert sheet.as_dict()["outcomes"]["created"] == 1
    with connect(by_key) as client:
        assert status(client, "GET", "/elsewhere/_search") == 403


def test_two_archives_in_one_cluster_keep_to_themselves(secured: SecuredNode, archive: Settings) -> None:
    """With a prefix the roles have it too, and so do the indices they name."""
    own = secured.settings("elastic", PASSWORD, NEWSDEX_INDEX_PREFIX="team-")
    list(prepare_elasticsearch(own, PASSWORDS, None))
    team = secured.settings("team-newsdex_writer", PASSWORDS[Role.WRITER], NEWSDEX_INDEX_PREFIX="team-")
    with connect(team) as client:
        assert ensure_indices(client, team) == []
        assert status(client, "POST", "/team-news/_search", {}) == 200
        assert status(client, "POST", "/news/_search", {}) == 403
