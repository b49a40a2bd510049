"""Damage is undone, typography and right text stay."""

import pytest

from newsdex.extract.repair import repair, repair_mojibake

RIGHT = [
    "“Quotes” and ‘single’ – dashes — and … stay",
    "Ærøskøbing, Škoda, Łódź, Việt Nam, ΑΘΗΝΑ, Київ",
    "if a < b and p < 0.01, n > 400 then <3",
    "R&D at AT&T; a&b=1&copy=2",
    "ﬁne ligatures and １２３ wide digits",
    "جمله‌ای به فارسی می‌خوانیم",
    "👩‍👩‍👧 and ❤️‍🔥",
    "ක්‍රියාව",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_text_is_left_alone(text: str) -> None:
    """Repair only takes damage out."""
    assert repair(text) == text


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("donâ€™t", "don’t"),
        ("ZÃ¼rich", "Zürich"),
        ("&#8216;map&#8217; &amp;amp; &quot;more&quot;", '‘map’ & "more"'),
        ("&lt;p&gt;One&lt;/p&gt;", "\nOne\n"),
        ('<p class="x">One<br/>two</p>', "\nOne\ntwo\n"),
        ('<b>bold</b> and <a href="/x?a=1&amp;b=2">link</a>', "bold and link"),
        ("in\u00adfor\u00admation", "information"),
        ("hyphen\u00ad\n  ated", "hyphenated"),
        ("zero\u200bwidth\ufeff \u200eleft\u202a\u2066", "zerowidth left"),
        ("10\u00a0000\u202f€", "10 000 €"),
        ("bell\x07 and null\x00", "bell and null"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("cafe\u0301", "café"),
        ("\x93quoted\x94", "“quoted”"),
    ],
)
def test_damage_is_undone(damaged: str, right: str) -> None:
    """Each kind of damage that news text carries."""
    assert repair(damaged) == right


@pytest.mark.parametrize(
    "text", [*RIGHT, "&amp;amp;lt;b&amp;gt;", "a&am\u00adp;lt;p>", "<<b>b>", "Ã\u00adÂ\u00a0", "e\u200b\u0301"]
)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    """Damage inside damage comes out in one call."""
    assert repair(repair(text)) == repair(text)


def test_tags_stay_in_text_that_came_out_of_a_parser() -> None:
    """There `<b>` was written on purpose."""
    assert repair("use <b> for bold", markup=False) == "use <b> for bold"


def test_one_damaged_line_does_not_touch_the_others() -> None:
    """Mojibake is judged line by line."""
    assert repair_mojibake("ZÃ¼rich\n“fine” – Übersee") == "Zürich\n“fine” – Übersee"
