"""What stands between the pages and those who mean harm: other sites, other machines, the authors of articles."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest
from fastapi import Request
from playwright.sync_api import Page, expect
from starlette.responses import RedirectResponse, Response
from starlette.testclient import TestClient
from web_pages import serious_faults

from newsdex.errors import UserError
from newsdex.settings import Settings, read_settings
from newsdex.web.access import Visitor
from newsdex.web.app import create_app

OWN = "http://127.0.0.1:8090"


def ask(settings: Settings, base: str = OWN, **options: object) -> TestClient:
    """Ask the pages without a server between."""
    return TestClient(create_app(settings, **options), base_url=base, follow_redirects=False)  # type: ignore[arg-type]


@pytest.fixture
def nowhere() -> Settings:
    """Give settings that lead to no Elasticsearch."""
    return read_settings({"ELASTICSEARCH_URL": "http://127.0.0.1:9"})


@pytest.mark.parametrize("typed", ["zubrowka", "", "quincunx"])
def test_what_an_article_smuggles_in_stays_dead_text(page: Page, address: str, typed: str) -> None:
    """Script tags, event handlers, javascript: links, a megabyte of headline: shown, and nothing runs."""
    page.goto(f"{address}/?q={typed}&size=100")
    assert page.evaluate("window.stolen") is None
    assert page.locator("main script, main [onclick], main [onerror], main svg[onload], main img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    if typed == "zubrowka":
        expect(page.locator(".hit h2")).to_have_text(
            "<script>window.stolen = 3</script><b onclick='window.stolen = 4'>zubrowka</b>"
        )
        assert page.locator(".hit mark").all_inner_texts()[0] == "zubrowka"
    if typed == "quincunx":
        assert len(page.content()) < 100_000
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert serious_faults(page) == []


@pytest.mark.parametrize(
    "typed",
    ['"><script>window.stolen=1</script>', "'onfocus='window.stolen=1' autofocus='", "{{7*7}}", "\ue000x\ue001"],
)
def test_what_is_typed_stays_dead_text(page: Page, address: str, typed: str) -> None:
    """In the box, in the title, in the links that carry it on."""
    page.goto(address)
    page.fill("#q", typed)
    page.press("#q", "Enter")
    page.wait_for_url(re.compile(r"\?q="))
    page.reload()
    assert page.input_value("#q") == typed
    assert page.evaluate("window.stolen") is None
    assert "49" not in page.title()


def test_no_inline_script_or_style_is_allowed(nowhere: Settings) -> None:
    """By a strict content policy, on every answer, errors and files too."""
    pages = ask(nowhere)
    style = re.search(r'href="(/static/[^"]+css)"', pages.get("/").text)
    assert style is not None
    for path in ("/", "/nowhere", "/search.json", style[1]):
        policy = pages.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert pages.get(path).headers["x-content-type-options"] == "nosniff"
    for path in ("/", "/nowhere"):
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", pages.get(path).text)


def test_files_may_be_kept_for_ever_because_their_address_changes(nowhere: Settings) -> None:
    """With their content; and nothing outside their folder is sent."""
    pages = ask(nowhere)
    style = re.search(r'href="(/static/\w{12}/newsdex.css)"', pages.get("/nowhere").text)
    assert style is not None
    assert "immutable" in pages.get(style[1]).headers["cache-control"]
    assert pages.get("/static/x/..%2fapp.py").status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "evil.example:8090", "["])
def test_a_foreign_host_name_is_refused(nowhere: Settings, host: str) -> None:
    """A name that somebody else makes lead to 127.0.0.1 does not open the archive to their page."""
    assert ask(nowhere).get("/", headers={"host": host}).status_code == 421


def test_the_own_names_are_taken(nowhere: Settings) -> None:
    """Those of the machine itself, and the one in NEWSDEX_WEB_URL."""
    pages = ask(replace(nowhere, web_url="https://news.example.org/desk"))
    for host in ("127.0.0.1:8090", "localhost:8090", "[::1]:8090", "News.Example.org"):
        assert pages.get("/nowhere", headers={"host": host}).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": OWN}, 404),
        ({"sec-fetch-site": "same-origin"}, 404),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": OWN}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({}, 403),
    ],
)
def test_a_form_of_another_site_changes_nothing(nowhere: Settings, headers: dict[str, str], status: int) -> None:
    """Only our own pages may send one."""
    assert ask(nowhere).post("/nowhere", headers=headers).status_code == status


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "news.example.org"])
def test_pages_that_others_reach_need_a_password(nowhere: Settings, host: str) -> None:
    """Without one they do not start, and say which variables to set."""
    with pytest.raises(UserError, match="NEWSDEX_WEB_PASSWORD"):
        create_app(replace(nowhere, web_host=host))
    assert create_app(replace(nowhere, web_host=host, web_user="desk", web_password="secret"))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 401),
        ("Basic " + base64.b64encode(b"desk:secret").decode(), 404),
        ("basic " + base64.b64encode(b"desk:secret").decode(), 404),
        ("Basic " + base64.b64encode(b"desk:secre").decode(), 401),
        ("Basic " + base64.b64encode(b"desk:secret2").decode(), 401),
        ("Basic " + base64.b64encode("désk:secret".encode()).decode(), 401),
        ("Basic !!!", 401),
        ("Bearer secret", 401),
    ],
)
def test_a_password_is_asked_for(nowhere: Settings, given: str | None, status: int) -> None:
    """On every address, also of files and of what does not exist."""
    pages = ask(replace(nowhere, web_user="desk", web_password="secret"))
    for path in ("/nowhere", "/static/x/nowhere.css"):
        answer = pages.get(path, headers={"authorization": given} if given else {})
        assert answer.status_code == status
        assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_program_that_mounts_the_pages_decides_who_comes_in(nowhere: Settings) -> None:
    """By its own login: a visitor, or what it sends instead."""

    async def admit(request: Request) -> Visitor | Response:
        return Visitor("ada") if request.headers.get("x-login") == "ada" else RedirectResponse("/login")

    pages = ask(nowhere, access=admit)
    assert pages.get("/").headers["location"] == "/login"
    assert pages.get("/nowhere", headers={"x-login": "ada", "host": "airflow.example"}).status_code == 404


def test_a_mounted_page_links_below_its_path(nowhere: Settings) -> None:
    """Whether another program mounts it, or a proxy takes the path off."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    async def admit(_request: Request) -> Visitor:
        return Visitor()

    mounted = Starlette(routes=[Mount("/newsdex", create_app(nowhere, access=admit))])
    behind = create_app(nowhere, base_path="/newsdex")
    for client, path in ((TestClient(mounted), "/newsdex/nowhere"), (TestClient(behind, base_url=OWN), "/nowhere")):
        links = re.findall(r'(?:href|src|action)="([^"#]+)"', client.get(path).text)
        assert links
        assert all(link.startswith("/newsdex/") for link in links)
        assert client.get(links[0] if client.app is mounted else links[0].removeprefix("/newsdex")).status_code == 200


def test_elasticsearch_down_is_said_with_what_to_do(nowhere: Settings) -> None:
    """As a page for people and as JSON for programs, with the status that says try later."""
    pages = ask(nowhere)
    answer = pages.get("/?q=ferry")
    assert (answer.status_code, "newsdex up" in answer.text) == (503, True)
    answer = pages.get("/search.json?q=ferry")
    assert (answer.status_code, "newsdex up" in answer.json()["hint"]) == (503, True)


def test_no_parameter_leads_to_another_site(page: Page, address: str) -> None:
    """There is no redirect to be misled: every link of the page stays here, but for the articles' own."""
    page.goto(f"{address}/?q=//evil.example&next=//evil.example&publisher=//evil.example")
    links = page.evaluate("[...document.links].map((link) => link.getAttribute('href'))")
    assert links
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
