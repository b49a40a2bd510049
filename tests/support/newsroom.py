"""Everything at work for the end-to-end tests: the machine, and a web, a Kafka broker and a webhook of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from elasticsearch import Elasticsearch
from feed_makers import Item
from kafka_broker import Broker, kafka_broker
from local_site import LocalSite, page
from machine import DagRun, Machine
from stories import Story
from webhook import Webhook, serve_webhook

from newsdex.index import Names, connect
from newsdex.settings import PROJECT

HOSTS = ("gazette.example", "herald.example", "courier.example", "tide.example", "list.example")
TOPIC = "wires"
KIBANA = "http://kibana.example"


@dataclass
class Newsroom:
    """The machine, the web and the topic that it reads, its index, and the webhook that hears of failures."""

    machine: Machine
    web: LocalSite
    broker: Broker
    webhook: Webhook
    client: Elasticsearch

    def run(self, dag: str, **conf: Any) -> DagRun:
        """Run a DAG with a form filled in, to its good end."""
        ended = self.machine.wait(dag, self.machine.trigger(dag, conf))
        assert ended.state == "success", ended
        return ended

    def balance(self, run: DagRun) -> tuple[int, dict[str, int]]:
        """Give the inputs of a run and its outcomes, without the zeros; they have to balance."""
        (sheet,) = [sheet for sheet in self.sheets() if sheet["run_id"].endswith(run.id)]
        return sheet["inputs"], {outcome: count for outcome, count in sheet["outcomes"].items() if count}

    def sheets(self) -> list[dict[str, Any]]:
        """Give the balance sheets of all runs; those that counted right have to balance."""
        found = self.client.search(index=self._names.runs, size=1000)["hits"]["hits"]
        sheets: list[dict[str, Any]] = [hit["_source"] for hit in found]
        for sheet in sheets:
            assert sheet["balanced"]
            assert sheet["inputs"] == sum(sheet["outcomes"].values())
        return sheets

    def found(self, words: str) -> dict[str, dict[str, Any]]:
        """Search as a reader does; give the hits by headline."""
        return {hit["headline"]: hit for hit in self.machine.search(words)}

    def body(self, story: Story) -> str:
        """Give the body of the one article that search finds for a story's headline."""
        (hit,) = [hit for hit in self.machine.search(story.headline) if hit["headline"] == story.headline]
        return str(self.client.get(index=self._names.news, id=hit["id"])["_source"]["body"])

    def refused(self) -> dict[str, str]:
        """Give the reason of each document in quarantine, by its name."""
        self.client.indices.refresh(index=self._names.quarantine)
        hits = self.client.search(index=self._names.quarantine, size=1000)["hits"]["hits"]
        return {hit["_source"]["origin"]["uri"]: hit["_source"]["reason"] for hit in hits}

    def serve(self, host: str, *stories: Story) -> list[Item]:
        """Put stories on the web; give the entries that lead to them."""
        items = []
        for story in stories:
            path = "/" + story.headline.replace(" ", "-").lower()
            self.web.serve(host, path, page(story.headline, *story.paragraphs))
            items.append(Item(self.web.url(host, path), story.headline))
        return items

    @property
    def _names(self) -> Names:
        return Names(self.machine.settings.index_prefix)


@contextmanager
def open_newsroom(home: Path) -> Iterator[Newsroom]:
    """Start everything, with a configuration of its own; it is stopped at the end whatever happened."""
    config = home / "config"
    shutil.copytree(PROJECT / "config", config)
    with LocalSite() as web, kafka_broker(home / "kafka") as broker, serve_webhook() as webhook:
        for host in HOSTS:
            web.serve(host, "/", page("Front page"))
        broker.create(TOPIC)
        machine = Machine(
            home,
            {
                "NEWSDEX_CONFIG": str(config),
                "NEWSDEX_FETCH_HOSTS": str(web.write_hosts(home / "hosts")),
                "NEWSDEX_FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
                "NEWSDEX_FETCH_DELAY": "0.05",
                "NEWSDEX_POLL_MINUTES": "600",
                "NEWSDEX_KAFKA_SERVERS": broker.servers,
                "NEWSDEX_KAFKA_TOPICS": TOPIC,
                "NEWSDEX_NOTIFY_URL": webhook.url,
                "NEWSDEX_KIBANA_URL": KIBANA,
            },
        )
        (config / "sources.yaml").write_text(_sources(web), encoding="utf-8")
        machine.borrow_program()
        try:
            machine.start()
            with closing(connect(machine.settings)) as client:
                yield Newsroom(machine, web, broker, webhook, client)
        finally:
            machine.run("down")


def _sources(web: LocalSite) -> str:
    sources = [
        {"id": "gazette", "url": web.url("gazette.example", "/feed"), "publisher": "Northmoor Gazette"},
        {"id": "herald", "url": web.url("herald.example", "/atom")},
        {"id": "courier", "url": web.url("courier.example", "/feed.json")},
        {"id": "tide", "url": web.url("tide.example", "/news.xml"), "kind": "sitemap"},
    ]
    return yaml.safe_dump({"sources": sources})
