"""The search page, as somebody at a desk uses it."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from web_pages import serious_faults


def headlines(page: Page) -> list[str]:
    """Read the headlines that are shown."""
    return [text.strip() for text in page.locator(".hit h2").all_inner_texts()]


def test_words_find_articles_and_are_marked(page: Page, address: str) -> None:
    """Somebody types a word and presses Enter."""
    page.goto(address)
    page.fill("#q", "lighthouse")
    page.press("#q", "Enter")
    expect(page.locator(".hit h2 mark").first).to_have_text("Lighthouse")
    assert parse_qs(urlsplit(page.url).query) == {"q": ["lighthouse"]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"Dunmere number 7"', 1),
        ('"number Dunmere"', 0),
        ("ferry -Reuters -agency:Reuters", 16),
        ("publisher:Meridian*", 1),
        ('publisher:"Harbour Post" ferry', 12),
        ('publisher:"Harbour Post" publisher:"Northmoor Gazette" ferry', 24),
        ("headline:orchard", 1),
        ("body:orchard -headline:fruit", 0),
        ("author:roe ferry", 24),
        ("lang:ar", 1),
        ("orcha*", 1),
        ("ferry since:2024-11-20", 5),
        ("ferry date:2024-11-03", 1),
        ("site:example.org ferry", 24),
    ],
)
def test_the_query_language_narrows(page: Page, address: str, typed: str, found: int) -> None:
    """Phrases, a minus, fields, beginnings of words, limits of time."""
    page.goto(address)
    page.fill("#q", typed)
    page.press("#q", "Enter")
    expect(page.locator("h1")).to_have_text(re.compile(rf"^{found} articles?\b"))


def test_a_date_is_shown_as_finely_as_it_was_printed(page: Page, address: str) -> None:
    """And no finer."""
    page.goto(f"{address}/?q=orchard")
    expect(page.locator(".hit time")).to_have_text("20 June 2023, day only")
    page.goto(f"{address}/?q=lighthouse")
    expect(page.locator(".hit time").first).to_have_text(re.compile(r"March 2025, 00:00 UTC"))


@pytest.mark.parametrize(
    ("typed", "language", "direction"), [("الجسر", "ar", "rtl"), ("贸易", "zh-Hans", "ltr"), ("橋", "ja", "ltr")]
)
def test_each_script_runs_its_own_way(page: Page, address: str, typed: str, language: str, direction: str) -> None:
    """Headline and passage carry language and direction; what matched is marked in them."""
    page.goto(f"{address}/?q={typed}")
    for part in (page.locator(".hit h2").first, page.locator(".hit-text").first):
        expect(part).to_have_attribute("lang", language)
        expect(part).to_have_attribute("dir", direction)
    assert page.locator(".hit mark").count() > 0
    assert serious_faults(page) == []


def test_copies_are_one_hit_that_says_how_many_and_where(page: Page, address: str) -> None:
    """And each of them on demand."""
    page.goto(f"{address}/?q=lighthouse")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator("#folded")).to_have_text("2 copies folded into 1 story")
    page.click(".copies summary")
    assert {text.split(" ", 2)[0] for text in page.locator(".copies li").all_inner_texts()} <= {
        "Harbour",
        "Meridian",
        "Inland",
    }
    expect(page.locator(".copies li")).to_have_count(2)
    page.check("#copies")
    expect(page.locator(".hit")).to_have_count(3)


def test_a_facet_takes_several_values_and_the_others_count_along(page: Page, address: str) -> None:
    """With two publishers chosen, the publishers still count all, the sections only what is left."""
    page.goto(f"{address}/?q=ferry")
    page.get_by_label(re.compile("Harbour Post")).check()
    expect(page.locator("h1")).to_have_text(re.compile("^12 articles"))
    assert facet(page, "publisher") == {"Harbour Post": 12, "Northmoor Gazette": 12}
    assert facet(page, "section") == {"Local": 12}
    page.get_by_label(re.compile("Northmoor Gazette")).check()
    expect(page.locator("h1")).to_have_text(re.compile("^24 articles"))
    assert facet(page, "section") == {"Local": 12, "Business": 12}
    assert parse_qs(urlsplit(page.url).query)["publisher"] == ["Harbour Post", "Northmoor Gazette"]


def facet(page: Page, name: str) -> dict[str, int]:
    """Read the counts of a facet."""
    rows = page.locator(f'[data-facet="{name}"] label')
    return {
        row.locator("bdi").inner_text(): int(row.locator(".tally").inner_text().replace(",", "")) for row in rows.all()
    }


def test_every_state_is_in_the_address(page: Page, address: str, browser: Browser) -> None:
    """Somebody else who opens it sees the same; the browser's back button goes one step back."""
    page.goto(f"{address}/?q=ferry")
    page.get_by_label(re.compile("Northmoor Gazette")).check()
    expect(page.locator("h1")).to_have_text(re.compile("^12 articles"))
    page.fill("#since", "2024-11-10")
    expect(page.locator("h1")).to_have_text(re.compile("^8 articles"))
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".hit h2").first).to_have_text("Ferry 9 was late")
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(page.url)
        assert headlines(other) == headlines(page)
        expect(other.get_by_label(re.compile("Northmoor Gazette"))).to_be_checked()
    page.go_back()
    page.go_back()
    expect(page.locator("h1")).to_have_text(re.compile("^12 articles"))


def test_a_chosen_filter_can_be_taken_away(page: Page, address: str) -> None:
    """By the chip that names it."""
    page.goto(f"{address}/?q=ferry&agency=Reuters&section=Local")
    expect(page.locator("h1")).to_have_text(re.compile("^4 articles"))
    page.get_by_role("link", name=re.compile("section: Local")).click()
    expect(page.locator("h1")).to_have_text(re.compile("^8 articles"))


def test_pages_follow_each_other_and_lead_back(page: Page, address: str) -> None:
    """Nothing twice, nothing left out; the second page knows which hits it has."""
    page.goto(f"{address}/?q=ferry&sort=oldest")
    first = headlines(page)
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".pages")).to_contain_text("21 to 24 of 24")
    second = headlines(page)
    assert [*first, *second] == [f"Ferry {number} was late" for number in range(24)]
    page.get_by_role("link", name="Previous").click()
    expect(page.locator(".pages")).to_contain_text("1 to 20 of 24")
    assert headlines(page) == first


def test_a_drag_over_the_timeline_sets_the_dates(page: Page, address: str) -> None:
    """From one bar to another; the bars then show more finely what was chosen."""
    page.goto(f"{address}/?q=ferry")
    bars = page.locator("#timeline g")
    begin, end = bars.nth(4).bounding_box(), bars.nth(9).bounding_box()
    assert begin is not None
    assert end is not None
    since, until = bars.nth(4).get_attribute("data-since"), bars.nth(9).get_attribute("data-until")
    page.mouse.move(begin["x"] + 3, begin["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 3, end["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator("h1")).to_have_text(re.compile("^6 articles"))
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["since"], asked["until"]) == ([since], [until])
    assert (page.input_value("#since"), page.input_value("#until")) == (since, until)


def test_the_box_suggests_values_and_takes_them_by_key(page: Page, address: str) -> None:
    """Down and Enter take the first; a second Enter searches."""
    page.goto(address)
    page.locator("#q").press_sequentially("ferry publisher:nor")
    expect(page.locator("#suggestions li").first).to_contain_text("Northmoor Gazette")
    page.press("#q", "ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.press("#q", "Enter")
    expect(page.locator("#q")).to_have_value('ferry publisher:"Northmoor Gazette" ')
    page.press("#q", "Enter")
    expect(page.locator("h1")).to_have_text(re.compile("^12 articles"))


def test_a_slip_in_a_field_name_is_seen(page: Page, address: str) -> None:
    """It is searched as a word, and the page says so."""
    page.goto(f"{address}/?q=publsher:Post")
    expect(page.locator(".remark")).to_contain_text("publsher: is no field")


def test_nothing_found_says_what_to_try(page: Page, address: str) -> None:
    """With a way out that works."""
    page.goto(f'{address}/?q="lighthouse+Brennick"&language=en')
    expect(page.locator(".none h2")).to_have_text("Nothing was found")
    page.get_by_role("link", name="lighthouse Brennick").click()
    expect(page.locator(".hit")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/?since=yesterday", 400, "write it like 2024-11-19"),
        ("/?q=" + "x" * 1001, 400, "1,000 are the most"),
        ("/?after=rubbish", 400, "the address of this page is damaged"),
        ("/?sort=best", 400, "is no order"),
        ("/?size=5000", 400, "is no size of a page"),
        ("/nowhere", 404, "There is no such page"),
    ],
)
def test_what_cannot_be_answered_is_said(page: Page, address: str, path: str, status: int, said: str) -> None:
    """In a sentence, with the right status, in the same frame."""
    answer = page.goto(address + path)
    assert answer is not None
    assert answer.status == status
    expect(page.locator("main")).to_contain_text(said)
    assert serious_faults(page) == []


def test_an_export_is_downloaded_while_the_page_tells_how_far_it_is(page: Page, address: str) -> None:
    """All that was found, whatever page is shown."""
    page.goto(f"{address}/?q=ferry")
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON Lines").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["headline"] for line in lines} == {f"Ferry {number} was late" for number in range(24)}
    expect(page.locator("#exporting output")).to_have_text("Done: 24 articles")


def test_it_works_without_a_script(browser: Browser, address: str) -> None:
    """The same form, sent by its buttons."""
    with browser.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{address}/?q=ferry")
        page.get_by_label(re.compile("Harbour Post")).check()
        page.get_by_role("button", name="Apply filters").click()
        assert page.locator("h1").inner_text().startswith("12 articles")
        page.fill("#since", "2024-11-15")
        page.get_by_role("button", name="Set dates").click()
        assert page.locator("h1").inner_text().startswith("5 articles")


def test_the_keyboard_is_enough(page: Page, address: str) -> None:
    """To search, to choose a filter, to set a date, to go to an article: no mouse."""
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("ferry")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("^24 articles"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "publisher-2":
            break
    page.keyboard.press("Space")
    expect(page.locator("h1")).to_have_text(re.compile("^12 articles"))
    assert page.evaluate("document.activeElement.id") == "publisher-2", "focus stays where it was"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "since":
            break
    page.keyboard.type("11152024")
    expect(page.locator("h1")).to_have_text(re.compile("^5 articles"))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target.startswith("/article/")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "what has the focus can be seen"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/article/"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/?q=ferry&publisher=Harbour+Post&since=2024-11", "/?q=nothingatall"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, path: str, scheme: str) -> None:
    """By day and by night: contrast, names, roles, order."""
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light") as context:
        page = context.new_page()
        page.goto(address + path)
        assert serious_faults(page) == []


def test_on_a_phone_the_filters_come_when_asked(browser: Browser, address: str) -> None:
    """Nothing is wider than the screen; several are chosen, then applied."""
    with browser.new_context(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{address}/?q=ferry")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        expect(page.get_by_label(re.compile("Harbour Post"))).not_to_be_visible()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label(re.compile("Harbour Post")).check()
        page.get_by_label(re.compile("^Reuters")).check()
        assert serious_faults(page) == []
        page.get_by_role("button", name="Apply filters").click()
        expect(page.locator("h1")).to_have_text(re.compile("^4 articles"))


def test_the_first_view_is_small(page: Page, address: str) -> None:
    """Page, style, script and picture together, before compression, with twenty hits and all facets."""
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(address, wait_until="networkidle")
    assert 10_000 < sum(sizes) < 100_000


def test_what_leads_elsewhere_opens_beside_airflow(page: Page, address: str) -> None:
    """Its frame lets no page leave it or open a window, and the article's own site is shown in no frame."""
    allowed = "allow-scripts allow-same-origin allow-forms allow-downloads"
    frame = f'<iframe sandbox="{allowed}" src="/?q=ferry" width="1200" height="800"></iframe>'
    page.route(f"{address}/frame", lambda route: route.fulfill(content_type="text/html", body=frame))
    page.context.route("https://harbour.example/**", lambda route: route.fulfill(body="The ferry was late."))
    page.goto(f"{address}/frame")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").locator(".hit-facts a").first.click()
    expect(opened.value).to_have_url(re.compile("^https://harbour.example/ferry/"))
    assert page.url == f"{address}/frame"
