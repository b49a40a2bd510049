"""What is typed into Kibana's search bar, and what its dashboards ask, of a real Elasticsearch.

The articles went through the whole line into the shipped mapping. The requests are written as Kibana writes them: words
of no field name no field, and it is the index that decides where they are looked for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from kibana_requests import chart, discover, kql_to_dsl
from saved_objects import Objects, shipped_file

from newsdex.index import ensure_indices
from newsdex.kibana.dashboard_shape import DashboardShape, LensPanel
from newsdex.kibana.shape import SessionShape
from newsdex.node import Node
from newsdex.run import ingest_paths
from newsdex.settings import Settings

PAGE = """<!doctype html><html lang="en"><head><title>Orchard growers count the frost</title>
<meta property="og:site_name" content="Valley Courier">
<meta name="description" content="Three nights of cold took the apricots; insurers want photographs.">
<meta property="article:published_time" content="2025-04-11T05:30:00Z">
<link rel="canonical" href="https://courier.example/orchards"></head><body><article>
<h1>Orchard growers count the frost</h1>
<p class="standfirst">Three nights of cold took the apricots; insurers want photographs.</p>
<p>LENTZ, April 11 (Reuters) - Growers in the upper valley walked their rows on Friday morning and found the blossom
brown on two trees out of three, the worst spring in a generation according to the cooperative.</p>
<p>Candles had burned between the trunks since Tuesday, and a helicopter was hired for the last night, when the
thermometer at the packing house showed six degrees below zero.</p></article></body></html>"""

TEXTS = {
    "frost.html": PAGE,
    "tunnel.txt": """Zweite Röhre des Kammtunnels durchgeschlagen

Donnerstag, 6. März 2025

Im Kammtunnel haben die Mineure am Donnerstag die letzten Meter Fels durchbrochen. Die Häuser am Südportal waren
vorsorglich geräumt worden, verletzt wurde niemand.

Bis die ersten Züge fahren, vergehen nach Angaben der Bauleitung noch drei Jahre. Die Schienen werden im Herbst verlegt.
""",
    "teatr.txt": """Старый театр открылся после ремонта

14 февраля 2025

Зрители вернулись в городской театр, закрытый шесть лет назад из-за трещин в куполе. На первый спектакль раздали
бесплатные билеты строителям и их семьям.

Директор рассказал, что люстру собирали заново из четырёх тысяч стеклянных подвесок.
""",
    "mina.txt": """إعادة فتح الميناء القديم أمام قوارب الصيد

عاد الصيادون إلى الميناء القديم صباح الأحد بعد أن أزالت البلدية الرمال التي أغلقت مدخله في الشتاء الماضي.
وقال رئيس جمعية الصيادين إن أربعين قاربا خرجت إلى البحر في اليوم الأول، وإن الأسعار في السوق انخفضت قليلا.
""",
    "chaye.txt": """高山茶园迎来今年第一次采摘

村里的茶农周一清早上山，开始采摘今年的第一批春茶。合作社负责人说，去年冬天少雨，今年的茶叶产量可能会减少两成，但是香气更浓。
采下来的茶叶当天送到镇上的作坊烘干，第一批茶将在本月底运往港口。
""",
    "fune.txt": """島の連絡船、十年ぶりに夜間運航を再開

島と本土を結ぶ連絡船が金曜日、夜間の運航を十年ぶりに再開した。島の診療所に通う住民が増えたためで、町は燃料費の半分を負担する。
船長は「灯台の明かりを見るのは久しぶりだ」と話した。
""",
    "empty.txt": "",
}

FROST, TUNNEL, TEATR, MINA, CHAYE, FUNE = (name for name in TEXTS if name != "empty.txt")


@pytest.fixture(scope="module")
def archive(node: Node, client: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Take the texts through the line into an archive of their own."""
    folder = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = replace(node.settings, index_prefix="kibana-", home=node.settings.home / "kibana")
    ensure_indices(client, settings)
    sheet = ingest_paths(settings, [folder], processes=1)
    assert (sheet.inputs, sheet.total) == (len(TEXTS), len(TEXTS))
    client.indices.refresh(index="kibana-*")
    yield settings
    client.indices.delete(index=list(client.indices.get(index="kibana-*")))
    shutil.rmtree(settings.home)


@pytest.fixture
def ask(client: Elasticsearch, archive: Settings) -> Callable[..., Any]:
    """Send a request to an index of that archive."""

    def ask(request: dict[str, Any], index: str = "news") -> Any:
        return client.perform_request(
            "POST",
            f"/{archive.index_prefix}{index}/_search",
            headers={"accept": "application/json", "content-type": "application/json"},
            body=request,
        )

    return ask


@pytest.fixture
def found(ask: Callable[..., Any]) -> Callable[[str], set[str]]:
    """Give the files of the articles that a query of the search bar finds."""

    def found(query: str) -> set[str]:
        hits = ask(discover(query, "@timestamp"))["hits"]["hits"]
        return {Path(hit["fields"]["origin.uri"][0]).name for hit in hits}

    return found


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ("orchard", FROST),
        ("apricots", FROST),
        ("helicopter", FROST),
        ("helicopters", FROST),
        ("Kammtunnels", TUNNEL),
        ("Haus", TUNNEL),
        ("Schiene", TUNNEL),
        ("театра", TEATR),
        ("билет", TEATR),
        ("الصيادون", MINA),
        ("ميناء", MINA),
        ("茶叶", CHAYE),
        ("采摘", CHAYE),
        ("連絡船", FUNE),
        ("灯台", FUNE),
    ],
)
def test_a_word_is_found_in_headline_standfirst_and_body(
    found: Callable[[str], set[str]], typed: str, article: str
) -> None:
    """And its other forms, by the analyzer of the article's own language."""
    assert article in found(typed)


@pytest.mark.parametrize(
    ("field", "typed"), [("headline", "orchard"), ("standfirst", "insurers"), ("body", "thermometer")]
)
def test_what_matched_is_highlighted_in_its_own_field(ask: Callable[..., Any], field: str, typed: str) -> None:
    """Each of the three parts is searched when no field is named, and shown."""
    (hit,) = ask(discover(typed, "@timestamp"))["hits"]["hits"]
    assert f"@kibana-highlighted-field@{typed}" in hit["highlight"][field][0].lower()


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ('"packing house"', {FROST}),
        ('"house packing"', set()),
        ('headline : "old frost"', set()),
        ("headline : frost", {FROST}),
        ("standfirst : insurers", {FROST}),
        ("body : insurers", set()),
        ('publisher : "Valley Courier"', {FROST}),
        ("publisher : Valley", set()),
        ("publisher : Valley*", {FROST}),
        ("agencies : Reuters", {FROST}),
        ("agencies : *", {FROST}),
        ("language : (de or ru)", {TUNNEL, TEATR}),
        ("language : zh*", {CHAYE}),
        ("frost or tunnels and language : de", {FROST}),
        ("frost and not language : en", set()),
        ("published_at >= 2025-04-01", {FROST}),
        ("word_count > 100000", set()),
        ("origin.door : files", {FROST, TUNNEL, TEATR, MINA, CHAYE, FUNE}),
        ("", {FROST, TUNNEL, TEATR, MINA, CHAYE, FUNE}),
    ],
)
def test_a_query_finds_what_it_asks_for(found: Callable[[str], set[str]], typed: str, articles: set[str]) -> None:
    """Phrases, fields, whole names, beginnings, ranges; joined and negated."""
    assert found(typed) == articles


@pytest.mark.parametrize("typed", ["2025", "now", "true", "https", "x" * 3000, "\\(", "courier.example"])
def test_words_that_fit_no_text_are_no_error(found: Callable[[str], set[str]], typed: str) -> None:
    """Kibana asks leniently; numbers, dates and addresses are only words."""
    assert isinstance(found(typed), set)


def panels() -> list[Any]:
    """Give each chart of the shipped dashboards that needs no script, with its index."""
    objects = Objects(shipped_file())
    views = {each["id"]: each["attributes"] for each in objects.all if each["type"] == "index-pattern"}
    charts = []
    for each in (each for each in objects.all if each["type"] == "dashboard"):
        for panel in DashboardShape.model_validate(each["attributes"]).panels:
            if not isinstance(panel, LensPanel):
                continue
            drawn = panel.embeddable_config.attributes
            (layer,) = drawn.state.datasource_states.form_based.layers.values()
            view = views[drawn.references[0].id]
            if not any(f'"{column.source_field}"' in view["runtimeFieldMap"] for column in layer.columns.values()):
                name = f"{each['id']}-{panel.panel_index}"
                charts.append(pytest.param(layer, drawn.state.query.query, view["title"], id=name))
    return charts


@pytest.mark.parametrize(("layer", "query", "index"), panels())
def test_a_panel_is_counted_without_an_error(ask: Callable[..., Any], layer: Any, query: str, index: str) -> None:
    """Elasticsearch computes what each chart of the dashboards asks, on every shard, over documents that are there."""
    answer = ask(chart(layer, query), index)
    assert answer["_shards"]["failed"] == 0
    assert answer["hits"]["total"]["value"] > 0


def test_the_overview_counts_the_languages(ask: Callable[..., Any]) -> None:
    """The ring of languages has each article once."""
    (layer,) = (param.values[0] for param in panels() if param.id == "news-overview-languages")
    buckets = ask(chart(layer, ""))["aggregations"]["row-0"]["buckets"]
    languages = ("en", "de", "ru", "ar", "zh-Hans", "ja")
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == dict.fromkeys(languages, 1)


def test_pipeline_health_counts_what_the_run_counted(ask: Callable[..., Any]) -> None:
    """Outcomes by run add up to the inputs."""
    (layer,) = (param.values[0] for param in panels() if param.id == "pipeline-health-outcomes-over-time")
    (day,) = ask(chart(layer, ""), "news-runs")["aggregations"]["time"]["buckets"]
    sums = [day[name]["value"] for name in day if name.startswith("value-")]
    assert (sum(sums), sums[-1]) == (len(TEXTS), 1)


@pytest.mark.parametrize("name", ["latest-articles", "latest-refusals", "latest-runs"])
def test_a_session_shows_its_columns(ask: Callable[..., Any], name: str) -> None:
    """Each column has a value in one document at least, where the documents have it at all."""
    objects = Objects(shipped_file())
    session = SessionShape.model_validate(objects.get("search", name)["attributes"])
    index = objects.get("search", name)["references"][0]["id"]
    hits = ask(discover("", session.sort[0][0]), index)["hits"]["hits"]
    shown = {field for hit in hits for field in (*hit["fields"], "_id")}
    assert set(session.columns) - shown <= {"origin.source"}


@pytest.mark.parametrize("index", ["news", "news-quarantine", "news-runs"])
def test_every_saved_query_is_taken_by_elasticsearch(ask: Callable[..., Any], index: str) -> None:
    """Those that ask for no field of an index find nothing there; none is an error."""
    queries = [each for each in Objects(shipped_file()).all if each["type"] == "query"]
    for each in queries:
        answer = ask({"query": kql_to_dsl(each["attributes"]["query"]["query"])}, index)
        assert answer["_shards"]["failed"] == 0
    assert queries
