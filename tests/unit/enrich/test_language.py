"""The language is told from the letters first, then by a vote, and not at all when nobody can."""

import json
import subprocess
import sys

import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

from newsdex.enrich import voices
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
    "nn": "Kommunestyret vedtok måndag å halde den gamle brua open, men ho er ikkje trygg for bilar.",
    "hr": "Gradsko vijeće odlučilo je u ponedjeljak da stari most tijekom ljeta ostane otvoren za pješake.",
    "sr-Latn": "Gradsko veće odlučilo je u ponedeljak da stari most tokom leta ostane otvoren za pešake.",
    "sr-Cyrl": "Градско веће одлучило је у понедељак да стари мост током лета остане отворен за пешаке.",
    "mk": "Советот на градот во понеделникот одлучи стариот мост да остане отворен за пешаци.",
    "ms": "Majlis bandaran memutuskan pada hari Isnin bahawa jambatan lama boleh dibuka kerana selamat.",
    "id": "Dewan kota memutuskan pada hari Senin bahwa jembatan lama bisa dibuka karena aman.",
    "sd": "شهر جي ڪائونسل سومر تي پراڻي پل کي کليل رکڻ جو فيصلو ڪيو آهي.",
    "ti": "ቤት ምኽሪ ከተማ እቲ ኣረጊት ድልድል ንኣጋር ክፉት ክኸውን ሰኑይ ወሲኑ ኣሎ።",
    "am": "የከተማው ምክር ቤት አሮጌው ድልድይ ለእግረኞች ክፍት እንዲሆን ሰኞ ወሰነ።",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_each_language_is_recognised(code: str, text: str) -> None:
    """Codes are BCP 47, Chinese with its script."""
    assert detect_language(text).code == code


def test_capitals_do_not_change_the_language() -> None:
    """The detector skips words in capitals."""
    assert detect_language("COUNCIL VOTES TO KEEP THE OLD BRIDGE OPEN TO WALKERS UNTIL AUTUMN").code == "en"


@pytest.mark.parametrize(
    "text",
    [
        *("", "12:30 | 7,5 %", "!!! ???", "OK", "https://", "www.news.example/a?b=c news@news.example"),
        *("4f2a9c0d1e8b7a6f5e4d", '{"id": 7, "status": "ok", "items": []}', ".nav{margin:0;padding:4px}"),
        *("Paris", "Angela Merkel / UEFA / Boeing 737", "xkq zvwrt pfhj gnbdq wrtz kkp"),
        "Жא ת帝ภK ไฤ龍бש Qד ฒШ 麗ю",
    ],
)
def test_what_is_no_prose_has_no_language(text: str) -> None:
    """`und`, with no confidence: addresses, keys, code, names, letters at random."""
    assert (detect_language(text).code, detect_language(text).confidence) == ("und", 0.0)


def test_a_script_without_a_profile_is_never_given_a_latin_language() -> None:
    """On its own, langdetect answers Estonian for Armenian."""
    assert detect_language(TEXTS["hy"]).votes == {"letters": "hy"}


def test_langdetect_votes_wherever_it_knows_a_language_of_the_script() -> None:
    """Also where the letters decide, and where it is outvoted."""
    assert detect_language(TEXTS["en"]).votes["langdetect"] == "en"
    assert detect_language(TEXTS["ja"]).votes["langdetect"] == "ja"
    assert detect_language(TEXTS["be"]).votes["langdetect"] != "be"


@pytest.mark.parametrize("code", ["en", "nb", "ru", "fa", "ja", "nn", "sr-Latn", "hy"])
def test_langdetect_says_what_its_own_code_says_for_the_seed(code: str) -> None:
    """The sums are done in another way; the draws and the answers are langdetect's."""
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)
    detector = factory.create()
    detector.append(TEXTS[code])
    try:
        own = {voices.code_of(answer.lang): answer.prob for answer in detector.get_probabilities()}
    except Exception:
        own = {}
    assert {name: share for name, share in voices.ask_langdetect(TEXTS[code]).items() if share > 0.1} == pytest.approx(
        own, abs=0.001
    )


def test_the_vote_goes_on_without_cld2(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no wheel for every Python and machine."""
    monkeypatch.setattr(voices, "pycld2", None)
    voices._known.cache_clear()
    try:
        assert {code for code, text in TEXTS.items() if detect_language(text).code != code} <= {"bs", "id"}
        assert "cld2" not in detect_language(TEXTS["en"]).votes
    finally:
        monkeypatch.undo()
        voices._known.cache_clear()


def test_another_process_and_another_order_give_the_same_answers() -> None:
    """To the last digit of the confidence, whatever the seed of string hashing."""
    program = (
        "import json, sys; from newsdex.enrich.language import detect_language;"
        "print(json.dumps([str(detect_language(text)) for text in json.load(sys.stdin)]))"
    )
    texts = [*TEXTS.values()]
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(texts[::-1]),
        env={"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(there.stdout)[::-1] == [str(detect_language(text)) for text in texts]


def test_a_declared_language_decides_what_the_voices_leave_open() -> None:
    """Few words, which Danish and Norwegian both write."""
    text = "Ingen kan leve i fred"
    assert {detect_language(text, tag).code for tag in ("da", "nb")} == {"da", "nb"}
    assert detect_language(text, "da").declared == "da"


def test_a_declaration_in_another_script_is_not_believed() -> None:
    """The template's language, not the article's."""
    assert detect_language("Prvi put kod nas", "ru").code != "ru"


def test_a_wrong_declaration_does_not_beat_a_sure_detection() -> None:
    """Two pages in a hundred declare the template's language."""
    assert detect_language(TEXTS["de"], "en-US").code == "de"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("万众一心", "zh-Hans"),
        ("於是", "zh-Hant"),
        ("「你好」", "zh-Hant"),
        ("韩国总统", "zh-Hans"),
        ("颱風警報", "zh-Hant"),
    ],
)
def test_a_few_characters_tell_the_chinese_script(text: str, code: str) -> None:
    """Characters that both write, one of them rarely, are evidence too."""
    assert detect_language(text).code == code


def test_a_foreign_name_does_not_change_the_script() -> None:
    """Ten Latin letters weigh less than ten Chinese characters."""
    assert detect_language("Det Insp Bob Blemmingsは、門と建物自体に損害が残ったと述べた。").code == "ja"


def test_half_of_a_text_in_another_script_is_told() -> None:
    """The article is flagged, the language is the first script's."""
    assert detect_language(TEXTS["ru"] + " " + TEXTS["en"]).mixed
    assert not detect_language(TEXTS["ja"]).mixed


def test_half_of_a_text_in_another_language_of_the_script_is_told() -> None:
    """The page that repeats itself in translation."""
    both = 3 * (TEXTS["de"] + " ") + 3 * (TEXTS["en"] + " ")
    assert detect_language(both).mixed
    assert not detect_language(6 * (TEXTS["de"] + " ")).mixed


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en_GB", "en"),
        ("zh-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr", "sr"),
        ("NO", "nb"),
        ("", None),
        ("english", None),
        (None, None),
    ],
)
def test_declared_tags_are_brought_to_one_form(tag: str | None, code: str | None) -> None:
    """Underscores, regions and old codes."""
    assert normalize_tag(tag) == code
