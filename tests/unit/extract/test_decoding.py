"""Bytes become text whatever they are, and the encoding that was believed is told."""

from datetime import UTC, datetime

import pytest

from newsdex.extract.decoding import declared_encoding, decode
from newsdex.records import Origin, RawDocument

RUSSIAN = (
    "Мост через реку открыли для пешеходов.\nСтроители обещают закончить ремонт к осени, говорят в мэрии.\n"
    "Жители района ждали этого три года.\n"
)
CZECH = "Most přes řeku byl otevřen pro pěší.\nOprava má skončit na podzim, říká mluvčí města Žďár.\n"

JAPANESE = (
    "トップ > 港 > 暮らし\n渡し船の猫、船長より先に桟橋へ\n2025年3月4日 7時05分\n"
    "浜谷港の渡し船に住みついた猫が、毎朝だれよりも早く桟橋で客を待っている。\n"
)


def raw(content: bytes, media_type: str = "text/plain") -> RawDocument:
    """Give a document with this content."""
    origin = Origin("inbox/x", datetime(2026, 1, 1, tzinfo=UTC), media_type, "0" * 64)
    return RawDocument(origin, content)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_not_text(codec: str) -> None:
    """The mark goes, the text stays."""
    text, _, flags = decode(raw("Größe".encode(codec)))
    assert (text, flags) == ("Größe", ())


def test_utf_8_is_believed_without_a_declaration() -> None:
    """Valid UTF-8 is UTF-8."""
    assert decode(raw("déjà vu – “ok”".encode())) == ("déjà vu – “ok”", "utf-8", ())


def test_the_charset_an_html_page_declares_is_believed() -> None:
    """`iso-8859-1` means windows-1252, as in every browser."""
    page = '<meta charset="iso-8859-1"><p>“Café” – 5 €</p>'
    text, encoding, flags = decode(raw(page.encode("cp1252"), "text/html"))
    assert (text, encoding, flags) == (page, "cp1252", ())


def test_utf_8_that_can_be_no_accident_beats_a_wrong_declaration() -> None:
    """Pages moved to UTF-8 often keep the old declaration."""
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Привет, мир</p>'
    assert decode(raw(page.encode(), "text/html")) == (page, "utf-8", ("encoding_misdeclared",))


def test_a_declaration_in_plain_text_is_only_text() -> None:
    """Only HTML declares."""
    assert decode(raw('<meta charset="koi8-r"> écrit'.encode()))[1] == "utf-8"


@pytest.mark.parametrize("label", ["no-such-charset", "hex", "utf-16"])
def test_a_declaration_that_cannot_be_true_is_not_believed(label: str) -> None:
    """An unknown codec, one that is no text encoding, and UTF-16 readable as ASCII."""
    assert declared_encoding(f"<meta charset={label}>".encode()) in (None, "utf-8")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (CZECH, "cp1250"),
        ("Le blé gèle déjà à l’été, où ça ?\n" * 3, "cp1252"),
        ("Les pêcheurs de l’île ont rentré leurs filets à cause du gel.\n", "cp1252"),
        ("The ferry costs £40 – the price of two bicycles.\n", "cp1252"),
        ("Il ponte è chiuso da lunedì, perché la città lo ripara.\n", "cp1252"),
        ("Mosty są zamknięte od środy, ale pieszych to nie dotyczy.\n", "iso8859_2"),
        ("Tilts ir slēgts, bet gājēji to var šķērsot arī naktī.\n", "cp1257"),
    ],
)
def test_an_undeclared_legacy_encoding_is_found_and_flagged(text: str, codec: str) -> None:
    """The guess is told to whoever reads the article."""
    decoded, _, flags = decode(raw(text.encode(codec)))
    assert decoded == text
    assert "encoding_detected" in flags


@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
def test_japanese_is_found_by_its_hiragana(codec: str) -> None:
    """A few lines do, where nothing could be told from how often each character comes."""
    assert decode(raw(JAPANESE.encode(codec)))[0] == JAPANESE


def test_japanese_is_found_in_a_sample_that_ends_within_a_character() -> None:
    """Of a long text only the beginning is looked at."""
    text = "港" + "ねこが桟橋で待っている。" * 4_000
    assert decode(raw(b"-" + text.encode("cp932")))[0] == "-" + text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("大桥于星期三重新开放，行人可以免费通过，工程师说修理还要三个月。\n" * 2, "gb18030"),
        ("다리는 수요일에 다시 열렸고 보행자는 무료로 건널 수 있다고 시청이 밝혔다.\n" * 2, "cp949"),
        ("สะพานเปิดอีกครั้งเมื่อวันพุธ และคนเดินเท้าข้ามได้โดยไม่เสียค่าใช้จ่าย\n" * 2, "cp874"),
        ("ВОДА ВНОВЬ ВЫШЛА ИЗ БЕРЕГОВ, И ВСЕ ПАРОМЫ СТОЯТ\n" * 2, "cp866"),
        ("« été ‚ƒ Ÿ », répète l’élève\n" * 2, "cp1252"),
    ],
)
def test_no_other_script_is_taken_for_japanese(text: str, codec: str) -> None:
    """Its bytes are no whole characters there, or no hiragana."""
    assert not {"cp932", "euc_jp"} & {decode(raw(text.encode(codec)))[1]}


def test_japanese_mail_encoding_is_seven_bit_and_found_by_its_escapes() -> None:
    """ISO-2022-JP is valid UTF-8, byte for byte."""
    assert decode(raw("日本の首相".encode("iso2022_jp")))[0] == "日本の首相"


def test_utf_16_without_a_mark_is_found_by_its_zeros() -> None:
    """Every second byte is zero."""
    assert decode(raw("Plain English".encode("utf-16-be")))[0] == "Plain English"


def test_a_file_cut_off_in_a_character_stays_utf_8() -> None:
    """The broken end becomes U+FFFD and is flagged."""
    text, encoding, flags = decode(raw("Geöffnet für Fußgänger, später für alle. Ä".encode()[:-1]))
    assert (text[-1], encoding, flags) == ("\ufffd", "utf-8", ("undecodable_bytes",))


def test_text_that_was_decoded_wrongly_once_is_repaired_and_flagged() -> None:
    """UTF-8 read as windows-1252 and saved again."""
    text, _, flags = decode(raw("The cafÃ© didnâ€™t open".encode()))
    assert (text, flags) == ("The café didn’t open", ("mojibake_repaired",))


def test_a_legacy_page_that_says_utf_8_is_read_as_what_it_is() -> None:
    """Few of its bytes are beyond ASCII, and each of them is wrong as UTF-8: all of them would be lost."""
    page = f'<meta charset="utf-8"><p>{"The mayor spoke of the harbour. " * 20}Le café a été repeint à la main.</p>'
    text, encoding, _ = decode(raw(page.encode("cp1252"), "text/html"))
    assert ("Le café a été repeint à la main." in text, encoding) == (True, "cp1252")
