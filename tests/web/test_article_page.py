"""The article page over documents that went through the line and the archive: evidence, removals, versions, reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from elasticsearch import Elasticsearch
from node_process import KeptNode
from playwright.sync_api import Browser, Page, expect
from rebuilt_archive import FURNITURE, add_rules, ingest, make_home
from web_pages import serious_faults

from newsdex.clean.examples import failing_examples
from newsdex.index import Names
from newsdex.rules import load_rules
from newsdex.settings import Settings

TEASER = "Read also: Why the swing bridge of Colonia still does not turn"
FERRY = (
    "The ferry Marsh Wren came back to Colonia on Sunday after eleven days, with forty passengers and no rudder.",
    "Nobody was hurt. The company paid for the hotel rooms, and promised to look at all four of its boats.",
    FURNITURE,
    "Passengers said that the crew had shared out the last of the potatoes on the ninth day, and that they sang.",
    TEASER,
    "The rudder was lost in the storm of November. A coastguard boat found it on a beach, with a note tied to it.",
)
LATER = (FERRY[0], FERRY[1].replace("four", "five"), *FERRY[2:], "On Monday the director of the company resigned.")
OTHER = (
    "Eleven days after the storm the ferry Marsh Wren is back in Colonia harbour, without a rudder.",
    "The coastguard found the rudder of the ferry on a beach. Its company wants to look at all of its boats now.",
)
ELSEWHERE = (
    "The library of Garrin lends out silence on Wednesdays, and there is a waiting list of two hundred readers.",
    "Its librarian said that she had never seen so many people come in order to hear nothing at all.",
)
ARABIC = (
    "عادت العبارة إلى الميناء يوم الأحد بعد أحد عشر يوما في البحر، وقال الركاب إنهم غنوا طوال الليل مع الطاقم.",
    "وقالت الشركة إنها ستفحص جميع قواربها قبل الشتاء، ودفعت ثمن غرف الفندق لأربعين راكبا عادوا سالمين إلى المدينة.",
)
HOSTILE = (
    "The council of Skerrow said on Monday that &lt;script&gt;window.stolen = 1&lt;/script&gt; was no name.",
    "A second vote is planned, said the mayor, who wants &lt;img src=x onerror='window.stolen = 2'&gt; on every sign.",
)


def document(
    headline: str, paragraphs: tuple[str, ...], *, url: str, site: str = "", language: str = "en", head: str = ""
) -> str:
    """Write a page as a publisher would."""
    name = f'<meta property="og:site_name" content="{site}">' if site else ""
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    return f"""<html lang="{language}"><head><title>{headline}</title><link rel="canonical" href="{url}">{name}{head}
    <meta property="article:published_time" content="2026-11-01T08:15:00Z"></head>
    <body><article><h1>{headline}</h1>{text}</article></body></html>"""


@dataclass(frozen=True)
class Archive:
    """Where the pages are, and the articles' ids by their addresses."""

    address: str
    settings: Settings
    ids: dict[str, str]

    def page(self, url: str, rest: str = "") -> str:
        """Give the address of an article's page."""
        return f"{self.address}/article/{self.ids[url]}{rest}"


FERRY_URL = "https://gazette.example/ferry"
COPY_URL = "https://wire.example/ferry"
OTHER_URL = "https://herald.example/back"
ARABIC_URL = "https://sada.example/ferry"
HOSTILE_URL = "https://evil.example/bridge"


@pytest.fixture(scope="module")
def archive(
    node: KeptNode,
    client: Elasticsearch,
    serve: Callable[[Settings], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Archive]:
    """Take documents through the line, one of them twice, and serve them; no test changes them."""
    home = tmp_path_factory.mktemp("articles")
    settings = make_home(node_settings(node, "articles-"), home / "home")
    add_rules(settings)
    rival = '<meta property="article:modified_time" content="2031-03-04T06:40:00Z">'
    ferry = "Ferry returns to Colonia"
    evil = "&lt;script&gt;window.stolen = 3&lt;/script&gt; Bridge"
    first = {
        "ferry.html": document(ferry, FERRY, url=FERRY_URL, site="The Colonia Gazette", head=rival),
        "copy.html": document(ferry, (*FERRY[:2], *FERRY[3:4], FERRY[5]), url=COPY_URL, site="Northern Wire"),
        "other.html": document("Lost ferry is back", OTHER, url=OTHER_URL, site="Harbour Herald"),
        "else.html": document("Silence on loan", ELSEWHERE, url="https://garrin.example/silence"),
        "arabic.html": document("العبارة تعود", ARABIC, url=ARABIC_URL, language="ar"),
        "evil.html": document(evil, HOSTILE, url=HOSTILE_URL, site="\"&gt;&lt;svg onload='window.stolen = 4'&gt;"),
    }
    ingest(settings, home / "first", first)
    again = document("Ferry is back in Colonia", LATER, url=FERRY_URL, site="The Colonia Gazette", head=rival)
    ingest(settings, home / "second", {"ferry.html": again})
    names = Names(settings.index_prefix)
    client.indices.refresh(index=[names.news, names.revisions])
    hits = client.search(index=names.news, size=100, source=["canonical_url"])["hits"]["hits"]
    ids = {hit["_source"]["canonical_url"]: hit["_id"] for hit in hits}
    yield Archive(serve(settings), settings, ids)
    client.indices.delete(index=list(client.indices.get(index="articles-*")))


def node_settings(node: KeptNode, prefix: str) -> Settings:
    """Give the node's settings with indices of their own."""
    return replace(node.settings, index_prefix=prefix)


def test_the_text_stands_in_its_own_language_and_direction(page: Page, archive: Archive) -> None:
    """A page in English around an article that runs the other way."""
    page.goto(archive.page(ARABIC_URL))
    for part in (page.locator(".story h1 span"), page.locator(".body")):
        expect(part).to_have_attribute("lang", "ar")
        expect(part).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".body p")).to_have_text(list(ARABIC))


def test_each_field_says_where_it_was_found_and_what_was_not_believed(page: Page, archive: Archive) -> None:
    """A change dated five years ahead is shown as the rival that it is."""
    page.goto(archive.page(FERRY_URL))
    published = page.locator(".evidence tr", has=page.get_by_role("rowheader", name="Published"))
    expect(published).to_contain_text("a meta tag of the page 2026-11-01T08:15:00Z")
    changed = page.locator(".evidence tr", has=page.get_by_role("rowheader", name="Changed"))
    expect(changed.locator("td").nth(2)).to_contain_text("2031-03-04T06:40:00Z")


def test_what_was_taken_out_stands_in_its_place_with_the_rule(page: Page, archive: Archive) -> None:
    """Between its neighbours, struck through, with why the rule is there and the line where it is written."""
    page.goto(archive.page(FERRY_URL))
    expect(page.locator("#text del")).to_have_count(0)
    page.get_by_role("link", name="Show what was removed, in place").click()
    shown = page.locator(".in-place > *")
    texts = [text.split("should have")[0].strip() for text in shown.all_inner_texts()]
    place = next(at for at, text in enumerate(texts) if FURNITURE in text)
    assert (texts[place - 1], texts[place + 1]) == (LATER[1], LATER[3])
    taken = shown.nth(place)
    expect(taken.locator("del")).to_have_text(FURNITURE)
    expect(taken.locator(".by")).to_contain_text("test-newsroom the newsroom's number config/languages/en.yaml:3")
    expect(page.get_by_role("status")).to_contain_text("today’s rules")
    expect(page.get_by_role("status")).to_contain_text("The text is the same as in the index")
    expect(page.locator(".proofs")).to_contain_text("As today’s rules see it")


def test_it_says_when_todays_rules_would_make_something_else_of_it(
    page: Page, archive: Archive, serve: Callable[[Settings], str], tmp_path: Path
) -> None:
    """The index has what the rules of that day made of it; a rebuild would change it."""
    changed = replace(archive.settings, config=tmp_path / "config")
    shutil.copytree(archive.settings.config, changed.config)
    add_rules(changed, "language: en\nrules: []\n")
    page.goto(f"{serve(changed)}/article/{archive.ids[FERRY_URL]}?show=removed")
    expect(page.get_by_role("status")).to_contain_text(
        "They make something else of it than stands in the index, in body"
    )


def test_what_an_article_smuggles_in_is_dead_text(page: Page, archive: Archive) -> None:
    """Script, handler and markup are shown as they were written, on every page of the article."""
    for rest in ("", "?show=removed", "/raw", "/changes", "/report", "/report?paragraph=0"):
        page.goto(archive.page(HOSTILE_URL, rest))
        assert page.evaluate("window.stolen") is None
        assert page.locator("main script, main img, main svg[onload], main [onerror], main [onload]").count() == 0
    page.goto(archive.page(HOSTILE_URL))
    expect(page.locator(".body p").first).to_contain_text("<script>window.stolen = 1</script>")


def test_links_out_tell_the_other_site_nothing(page: Page, archive: Archive, client: Elasticsearch) -> None:
    """And only web addresses are links: a stored `javascript:` is none."""
    page.goto(archive.page(FERRY_URL))
    link = page.get_by_role("link", name="Read it where it was published")
    expect(link).to_have_attribute("href", FERRY_URL)
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    names = Names(archive.settings.index_prefix)
    source = dict(client.get(index=names.news, id=archive.ids[HOSTILE_URL])["_source"])
    source |= {"url": "javascript:window.stolen=9", "canonical_url": "javascript:window.stolen=9"}
    client.index(index=names.news_write, id="feedfacefeedfacefeedfacefeedface", document=source, refresh=True)
    page.goto(f"{archive.address}/article/feedfacefeedfacefeedfacefeedface")
    client.delete(index=names.news_write, id="feedfacefeedfacefeedfacefeedface", refresh=True)
    assert page.locator("a[href^='javascript']").count() == 0


def test_the_original_is_shown_as_text_and_saved_as_a_file(page: Page, archive: Archive) -> None:
    """Its markup is read, not run; what is downloaded are the very bytes, under headers that let nothing run."""
    page.goto(archive.page(HOSTILE_URL))
    page.get_by_role("link", name="Raw original").click()
    expect(page.locator("pre.original")).to_contain_text("<h1>&lt;script&gt;window.stolen = 3")
    answer = page.request.get(archive.page(HOSTILE_URL, "/raw/download"))
    assert answer.text().startswith("<html lang=")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_versions_are_set_against_each_other_word_by_word(page: Page, archive: Archive) -> None:
    """What went is struck through, what came is underlined, and the rest is as it was."""
    page.goto(archive.page(FERRY_URL))
    page.get_by_role("link", name="Changes (2 versions)").click()
    changed = page.locator(".changes p", has_text="Nobody was hurt")
    expect(changed.locator("del")).to_contain_text("four")
    expect(changed.locator("ins")).to_contain_text("five")
    expect(page.locator(".changes p", has_text="director").locator("ins")).to_have_count(1)
    expect(page.locator(".changes p", has_text="potatoes").locator("del, ins")).to_have_count(0)


def test_an_article_that_never_changed_says_so(page: Page, archive: Archive) -> None:
    """It has one version, and no link to others."""
    page.goto(archive.page(OTHER_URL, "/changes"))
    expect(page.locator("main")).to_contain_text("There is one version of this article")


def test_copies_and_others_on_the_event_stand_beside_it(page: Page, archive: Archive) -> None:
    """A copy is no other text on the event, and what has nothing to do with it is neither."""
    page.goto(archive.page(FERRY_URL))
    copies = page.locator(".around section", has=page.get_by_role("heading", name="Copies of this text"))
    expect(copies.locator("li")).to_have_count(1)
    expect(copies.locator("li")).to_contain_text("Northern Wire")
    others = page.locator(".around section", has=page.get_by_role("heading", name="On the same event"))
    expect(others.locator("li a")).to_have_text(["Lost ferry is back"])
    others.locator("li a").click()
    expect(page.locator(".story h1")).to_have_text("Lost ferry is back")


def test_a_marked_paragraph_becomes_a_rule_that_loads_and_works(page: Page, archive: Archive, tmp_path: Path) -> None:
    """Marked, made better, downloaded, put into config/: it loads, its examples hold, and config/ was not touched."""
    before = {path: path.read_bytes() for path in archive.settings.config.rglob("*.yaml")}
    page.goto(archive.page(FERRY_URL))
    page.get_by_role("link", name="Report a problem").click()
    page.locator(".choices li", has_text=TEASER).get_by_role("link").click()
    page.get_by_label("all articles in English").check()
    page.get_by_label("What it is, in a few words").fill("a teaser for another story")
    page.get_by_label("A text like it").fill("Read also what the captain wrote, said the mayor of Colonia.")
    page.get_by_role("button", name="Draft it again").click()
    expect(page.locator(".checks li.bad")).to_have_count(0)
    expect(page.locator(".checks li.good")).to_have_count(4)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    draft = Path(saved.value.path()).read_text(encoding="utf-8")
    assert draft == page.locator("#yaml").inner_text()
    config = tmp_path / "config"
    shutil.copytree(archive.settings.config, config)
    pack = config / "languages" / "en.yaml"
    pack.write_text(pack.read_text(encoding="utf-8") + draft.partition("rules:\n")[2], encoding="utf-8")
    rules = load_rules(config)
    assert rules.languages[0].rules[-1].why == "a teaser for another story"
    assert failing_examples(rules) == []
    assert {path: path.read_bytes() for path in archive.settings.config.rglob("*.yaml")} == before


def test_what_should_have_stayed_becomes_an_example_of_its_rule(page: Page, archive: Archive) -> None:
    """The rule is shown whole, with the text that it must leave."""
    page.goto(archive.page(FERRY_URL, "?show=removed"))
    page.locator(".taken", has_text=FURNITURE).get_by_role("link", name="should have stayed").click()
    (rule,) = yaml.safe_load(page.locator("#yaml").inner_text())["rules"]
    assert rule["id"] == "test-newsroom"
    assert rule["examples"][-1] == {"text": FURNITURE, "removed": False}
    expect(page.locator(".checks")).to_contain_text("The new example fails until `match` is narrowed")


def test_an_article_whose_bytes_are_gone_says_so(
    page: Page, archive: Archive, serve: Callable[..., str], tmp_path: Path
) -> None:
    """The text is there all the same; only what needs the bytes is not."""
    address = serve(archive.settings, {"NEWSDEX_ARCHIVE": str(tmp_path / "empty")})
    page.goto(f"{address}/article/{archive.ids[FERRY_URL]}?show=removed")
    expect(page.get_by_role("status")).to_contain_text("cannot be made anew from its bytes")
    expect(page.locator(".body p").first).to_have_text(LATER[0])


def test_a_wrong_address_is_not_found(page: Page, archive: Archive) -> None:
    """With a page that says so, whatever stands in it."""
    for wrong in ("0" * 32, "..%2f..%2fetc", "a" * 5_000, "%3Cscript%3E"):
        assert page.request.get(f"{archive.address}/article/{wrong}").status == 404
    assert page.request.get(archive.page(FERRY_URL, "/changes?since=7&to=9")).status == 404
    assert page.request.get(archive.page(FERRY_URL, "/report?paragraph=999")).status == 400


def test_a_megabyte_of_headline_does_not_make_a_megabyte_of_page(
    page: Page, archive: Archive, client: Elasticsearch
) -> None:
    """The page stays light, and as wide as the window."""
    names = Names(archive.settings.index_prefix)
    source = dict(client.get(index=names.news, id=archive.ids[OTHER_URL])["_source"])
    source |= {"headline": "long" * 250_000, "publisher": "P" * 200, "cluster_id": "long"}
    client.index(index=names.news_write, id="deadbeefdeadbeefdeadbeefdeadbeef", document=source, refresh=True)
    answer = page.goto(f"{archive.address}/article/deadbeefdeadbeefdeadbeefdeadbeef")
    client.delete(index=names.news_write, id="deadbeefdeadbeefdeadbeefdeadbeef", refresh=True)
    assert answer is not None
    assert len(answer.body()) < 100_000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("rest", ["", "?show=removed", "/raw", "/changes", "/report", "/report?paragraph=0"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_it_serves_everybody(browser: Browser, archive: Archive, rest: str, colours: str) -> None:
    """axe-core finds nothing serious, in the light and in the dark, and on a phone nothing is wider than it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if colours == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(archive.page(FERRY_URL, rest))
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_keyboard_is_enough(page: Page, archive: Archive) -> None:
    """From the top of the page to a drafted rule without a mouse."""
    page.goto(archive.page(OTHER_URL))
    press_to(page, "Report a problem")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report")
    press_to(page, "It should have gone: paragraph 1")
    page.keyboard.press("Enter")
    expect(page.locator("#yaml")).to_contain_text("eleven days after the storm")


def press_to(page: Page, name: str) -> None:
    """Press Tab until the link of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return
    raise AssertionError(f"no Tab leads to {name!r}")


def test_it_works_without_a_script(browser: Browser, archive: Archive) -> None:
    """Everything but the button that copies, which is not shown then."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(archive.page(FERRY_URL, "?show=removed"))
    expect(page.locator(".taken del")).to_have_text([FURNITURE])
    page.goto(archive.page(FERRY_URL, "/report?paragraph=0"))
    expect(page.get_by_role("button", name="Draft it again")).to_be_visible()
    expect(page.locator("button[data-copy]")).to_be_hidden()
    context.close()
