"""2,000 pages of 40 feeds on 80 hosts, hundreds of them ill-behaved: nothing is lost, and nobody is asked too fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from big_site import INSIDE, PAGES, RETRY_AFTER, BigSite
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk, scan
from local_site import LocalSite
from node_process import KeptNode

from newsdex.fetch import FetchSettings
from newsdex.fetch.limits import read_fetch_settings
from newsdex.index import Names, ensure_indices
from newsdex.run import close_run, fetch_waiting, ingest_batch, poll_sources
from newsdex.settings import PROJECT, Settings

DELAY = 0.1
MOST_RUNS = 8


@dataclass
class Fetched:
    """The web, what the polls came to, the balance sheet of each run, and what the indices have in the end."""

    site: BigSite
    polled: dict[str, Any]
    sheets: list[dict[str, Any]]
    articles: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]


@pytest.fixture(scope="module")
def fetched(node: KeptNode, client: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fetched]:
    """Poll all feeds and fetch until nothing waits. Only patience is shortened; attempts and rules are as shipped."""
    home = tmp_path_factory.mktemp("big-site")
    names = Names("big-site-")
    with LocalSite() as web, pytest.MonkeyPatch.context() as patch:
        for module in ("polling", "fetching"):
            patch.setattr(f"newsdex.run.{module}.read_fetch_settings", _hurried)
        site = BigSite(web)
        site.build()
        settings = _settings(node.settings, home, site)
        ensure_indices(client, settings)
        polled = poll_sources(settings, "poll")
        sheets = []
        for number in range(MOST_RUNS):
            run_id = f"feeds-{number}"
            batches = fetch_waiting(settings, run_id)
            sheets.append(close_run(settings, run_id, [ingest_batch(settings, each, run_id) for each in batches]))
            if not _let_time_pass(settings, client, names):
                break
        client.indices.refresh(index=f"{names.prefix}*")
        articles, quarantined = (
            [dict(hit["_source"]) for hit in scan(client, index=index)] for index in (names.news, names.quarantine)
        )
        yield Fetched(site, polled, sheets, articles, quarantined)
    client.indices.delete(index=list(client.indices.get(index=f"{names.prefix}*")))


def _settings(settings: Settings, home: Path, site: BigSite) -> Settings:
    """Settle on a home without rules: what is fetched is what counts here, and workers start sooner."""
    config = home / "config"
    for each in ("languages", "publishers"):
        (config / each).mkdir(parents=True)
    (config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    (config / "elasticsearch").symlink_to(PROJECT / "config" / "elasticsearch")
    sources = [{"id": name, "url": url, "kind": kind} for name, (url, kind) in site.feeds.items()]
    (config / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    hosts = site.web.write_hosts(home / "hosts")
    with hosts.open("a", encoding="utf-8") as file:
        file.writelines(f"{address} {name}\n" for name, address in INSIDE.items())
    return replace(
        settings,
        home=home,
        config=config,
        index_prefix="big-site-",
        task_workers=2,
        document_bytes=1_000_000,
        fetch_allow_networks=(ip_network("127.0.0.0/8"),),
        fetch_hosts=hosts,
        fetch_delay=DELAY,
        fetch_addresses=PAGES,
    )


def _hurried(settings: Settings) -> FetchSettings:
    return replace(read_fetch_settings(settings), backoff=0.2, total_seconds=3.0, stall_seconds=3.0, slowed_longest=0.4)


def _let_time_pass(settings: Settings, client: Elasticsearch, names: Names) -> int:
    """Make what waits due now, and forget what hosts are left alone: as if a day had gone by. Tell how much waits."""
    client.indices.refresh(index=names.frontier)
    waiting = list(scan(client, index=names.frontier, query={"query": {"term": {"state": "waiting"}}}))
    due = {"doc": {"due_at": "2026-01-01T00:00:00Z"}}
    bulk(client, ({"_op_type": "update", "_index": hit["_index"], "_id": hit["_id"], **due} for hit in waiting))
    for path in settings.home.glob("fetch.sqlite*"):
        path.unlink()
    return len(waiting)


def test_every_page_ends_in_one_outcome(fetched: Fetched) -> None:
    """Over all runs: as many inputs as pages, each run in balance."""
    assert (fetched.polled["sources"], fetched.polled["new"]) == (40, PAGES)
    assert all(sheet["balanced"] for sheet in fetched.sheets)
    assert sum(sheet["inputs"] for sheet in fetched.sheets) == PAGES
    assert len(fetched.articles) + len(fetched.quarantined) == PAGES


def test_all_right_documents_are_indexed(fetched: Fetched) -> None:
    """Whether their servers were busy, slow, failing at first or leading on: each once, under its own headline."""
    right = {url: page for url, page in fetched.site.pages.items() if page.reason is None}
    found = {article["origin"]["uri"]: article for article in fetched.articles}
    assert len(right) > 1_800
    assert found.keys() == right.keys()
    assert {url: article["headline"] for url, article in found.items()} == {
        url: page.story.headline for url, page in right.items()
    }
    assert [url for url, page in right.items() if page.story.paragraphs[0] not in found[url]["body"]] == []


def test_a_wrong_encoding_harms_no_letter(fetched: Fetched) -> None:
    """Whatever the server, the page or neither has said about it."""
    said = {url: page.says for url, page in fetched.site.pages.items() if page.says}
    found = {article["origin"]["uri"]: article["body"] for article in fetched.articles}
    assert len(said) > 40
    assert {url: found[url][-120:] for url, words in said.items() if words not in found[url]} == {}


def test_each_wrong_one_is_named_with_its_reason(fetched: Fetched) -> None:
    """No address is missing from the quarantine, and none is there that does not belong."""
    wrong = {url: page.reason for url, page in fetched.site.pages.items() if page.reason is not None}
    assert {entry["origin"]["uri"]: entry["reason"] for entry in fetched.quarantined} == wrong
    assert len(Counter(wrong.values())) == 10


def test_no_domain_is_asked_faster_than_its_limit(fetched: Fetched) -> None:
    """The server's log says so: over both hosts of a domain, feeds, robots.txt, redirects and retries included."""
    shortest = {hosts[0]: min(fetched.site.web.gaps(*hosts)) for hosts in fetched.site.domains()}
    # The log's clock and the limit's are two; they differ by less than a thousandth.
    assert {host: gap for host, gap in shortest.items() if gap < DELAY - 0.001} == {}


def test_who_asks_to_be_left_alone_is_left_alone(fetched: Fetched) -> None:
    """For the whole of its Retry-After, by every request to its domain."""
    times = {
        hosts[0].partition(".")[2]: sorted(
            asked.at for host in hosts for asked in fetched.site.web.asked(host, robots=True)
        )
        for hosts in fetched.site.domains()
    }
    assert len(fetched.site.busy) >= 10
    for domain, at in fetched.site.busy:
        assert next((time for time in times[domain] if time > at), at + 9) - at >= RETRY_AFTER


def test_what_lies_inside_is_never_asked(fetched: Fetched) -> None:
    """Not one request came for a private path or for a name that stands for a machine inside."""
    assert [asked for asked in fetched.site.web.log if asked.host in INSIDE or asked.path.startswith("/private/")] == []
