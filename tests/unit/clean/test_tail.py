"""The end of a story in a script without full stops, where a last sentence looks like a left-over line."""

from __future__ import annotations

from newsdex.clean.cleaning import clean
from newsdex.records import CleanArticle, ExtractedArticle, Paragraph
from newsdex.rules import Rules
from tests.unit.clean.conftest import ORIGIN

HEADLINE = "แมวขึ้นเรือข้ามฟากทุกเช้า"
STORY = (
    "แมวสีส้มตัวหนึ่งขึ้นเรือข้ามฟากจากท่าเรือเก่าไปยังตลาดปลาทุกเช้าตั้งแต่ต้นปี และกลับมาพร้อมเรือเที่ยวสุดท้ายในตอนเย็น",
    "กัปตันเรือบอกว่าแมวสีส้มไม่เคยจ่ายค่าโดยสาร แต่ผู้โดยสารทุกคนยินดีให้แมวนั่งที่นั่งริมหน้าต่างตลอดทางไปตลาดปลา",
)
TAG = "ข่าว"


def cleaned(rules: Rules, *lines: str) -> CleanArticle:
    """Clean lines as a document of their own."""
    return clean(ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines)), rules)


def test_a_short_sentence_in_the_storys_words_stays(shipped: Rules) -> None:
    """Most of its words were told above."""
    last = "แมวสีส้มนั่งริมหน้าต่างเรือ"
    assert last in cleaned(shipped, HEADLINE, *STORY, last, TAG).body


def test_a_short_sentence_that_quotes_stays(shipped: Rules) -> None:
    """Somebody speaks, in whatever words."""
    last = 'คุณยายพูดเบา ๆ ว่า "สูตรอาหารมื้อค่ำ"'
    assert last in cleaned(shipped, HEADLINE, *STORY, last, TAG).body


def test_a_short_line_in_other_words_goes(shipped: Rules) -> None:
    """It leads elsewhere."""
    last = "สูตรอาหารมื้อค่ำสำหรับครอบครัว"
    assert last not in cleaned(shipped, HEADLINE, *STORY, last, TAG).body
