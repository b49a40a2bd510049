"""The language is told from the letters first, then by langdetect, and not at all when nobody can."""

import pytest

from newsdex.enrich.language import detect_language, normalize_tag

TEXTS = {
    "en": "The council voted on Monday to keep the old bridge open to walkers until autumn.",
    "de": "Der Stadtrat beschloss am Montag, die alte Brücke bis zum Herbst offen zu halten.",
    "nb": "Kommunestyret vedtok mandag å holde den gamle broen åpen for fotgjengere til høsten.",
    "ru": "Городской совет решил в понедельник оставить старый мост открытым для пешеходов.",
    "uk": "Міська рада вирішила в понеділок залишити старий міст відкритим для пішоходів.",
    "ar": "قرر مجلس المدينة يوم الاثنين إبقاء الجسر القديم مفتوحا للمشاة حتى الخريف.",
    "fa": "شورای شهر روز دوشنبه تصمیم گرفت پل قدیمی را تا پاییز برای عابران باز نگه دارد.",
    "zh-Hans": "市议会周一决定将旧桥对行人开放至秋季，维修费用由国家承担。",
    "zh-Hant": "市議會週一決定將舊橋對行人開放至秋季，維修費用由國家承擔。",
    "ja": "市議会は月曜日、古い橋を秋まで歩行者に開放することを決めた。",
    "ko": "시의회는 월요일 가을까지 옛 다리를 보행자에게 개방하기로 결정했다.",
    "hy": "Քաղաքային խորհուրդը երկուշաբթի որոշեց հին կամուրջը բաց պահել մինչև աշուն։",
    "ka": "საკრებულომ ორშაბათს გადაწყვიტა ძველი ხიდის ღიად დატოვება შემოდგომამდე.",
    "km": "ក្រុមប្រឹក្សាក្រុងបានសម្រេចទុកស្ពានចាស់ឱ្យបើករហូតដល់រដូវស្លឹកឈើជ្រុះ។",
    "be": "Гарадскі савет вырашыў у панядзелак пакінуць стары мост адкрытым, паведаміў ўрад.",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_each_language_is_recognised(code: str, text: str) -> None:
    """Codes are BCP 47, Chinese with its script."""
    assert detect_language(text).code == code


def test_capitals_do_not_change_the_language() -> None:
    """The detector skips words in capitals."""
    assert detect_language("COUNCIL VOTES TO KEEP THE OLD BRIDGE OPEN TO WALKERS UNTIL AUTUMN").code == "en"


@pytest.mark.parametrize("text", ["", "12:30 | 7,5 %", "!!! ???", "OK", "https://"])
def test_a_text_with_hardly_a_letter_has_no_language(text: str) -> None:
    """`und`, with no confidence."""
    assert (detect_language(text).code, detect_language(text).confidence) == ("und", 0.0)


def test_a_script_without_a_profile_is_never_given_a_latin_language() -> None:
    """The detector alone answers Estonian for Armenian."""
    assert detect_language(TEXTS["hy"]).votes == {"script": "hy"}


def test_a_declared_language_that_langdetect_cannot_know_is_believed() -> None:
    """Malay looks Indonesian to a detector without Malay."""
    text = "Majlis bandaran memutuskan pada hari Isnin untuk membuka jambatan lama kepada pejalan kaki."
    language = detect_language(text, "ms-MY")
    assert (language.code, language.declared) == ("ms", "ms")
    assert language.detected != "ms"


def test_a_wrong_declaration_does_not_beat_a_sure_detection() -> None:
    """Two pages in a hundred declare the template's language."""
    assert detect_language(TEXTS["de"], "en-US").code == "de"


def test_half_of_a_text_in_another_script_is_told() -> None:
    """The article is flagged, the language is the first script's."""
    assert detect_language(TEXTS["ru"] + " " + TEXTS["en"]).mixed
    assert not detect_language(TEXTS["ja"]).mixed


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en_GB", "en"),
        ("zh-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("NO", "nb"),
        ("", None),
        ("english", None),
        (None, None),
    ],
)
def test_declared_tags_are_brought_to_one_form(tag: str | None, code: str | None) -> None:
    """Underscores, regions and old codes."""
    assert normalize_tag(tag) == code
