"""Languages so close that identifiers mix them up, and the words by which a reader tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

GROUPS: tuple[frozenset[str], ...] = (
    frozenset({"bs", "hr", "sr"}),
    frozenset({"nb", "nn"}),
    frozenset({"id", "ms"}),
    frozenset({"xh", "zu"}),
)
"""Languages whose readers understand each other's news; an identifier's word for one is first a word for its group."""

RIVALS: tuple[frozenset[str], ...] = (*GROUPS, frozenset({"mk", "sr"}))
"""Languages that are told apart by their words: those of a group, and neighbours that CLD2 mixes up."""

_EKAVIAN = """
    bezbedn* cela cele celo celog celom celu cena cenama cene ceni cenu cveć* deca dece deci decu delimičn* delo
    delom delov* delu deluj* deo dete deteta dečak* dečj* doneli doneo doprine* dve dveju dvema gde htela hteli hteo
    istorij* izmen* izneo izvešt* lek lekar* lekov* lepa lepe lepi lepo letnj* leto leče* leči* menja* mera mere
    meri meru mesec* mesnih mesta mesto mestu mleka mleko nasled* nasleđ* nedelj* negde obaveš* obe obezbed*
    obezbeđ* ocen* odel* odelj* odsto opred* opšt* oseća* ovde pesm* pesnik* pobed* podel* podneo ponedelj* posle
    poslednj* pre predlo* predsed* preneo primen* primet* promena promene promeni promenu razume* reka reke reku reč
    reči rečima rešav* rešen* reši* savet* sedišt* sednic* severn* severu sećan* slede sledeć* slediti sme smeju
    smemo smen* smešt* snabde* sprove* sreda sredu sused* svedo* svet svetsk* svetu tela telesn* telo telu umesto
    unapred* uneo uspeh* uspela uspeli uspeo uspeš* uvek vazduh* vek veka vekova veku verova* verovat* veruje* vest
    vesti videla videli videti vreme zahtev* zamen* zapoved* zvezd* čovek* želela želeo želeti živela živeo živeti
"""
_IJEKAVIAN = """
    bijel* cijel* cijen* cvijeć* dijel* dijete dio djec* djel* dječ* donijel* donio doprinij* dospije* dvije gdje
    htje* izmijen* izmjen* iznio lijek* lijep* liječ* ljetn* ljeto mijenja* mjer* mjesec* mjest* mlijek* naslijeđ*
    nasljed* nedjelj* negdje njema* obavijest* obavješ* obje ocijen* ocjen* odjel* opredijel* opć* osjet* osjeć*
    ovdje ozlijeđ* pjesm* pjesn* pobijed* pobjed* podijel* podjel* podnio ponedjelj* poslije posljednj* povijes*
    povrijeđ* predsjed* prenio prije prijedlo* prijetn* primijen* primjen* primjet* promijen* promjen* razumije*
    rijeka rijeke rijeku riječ* rješ* savjet* sjedišt* sjednic* sjever* sjeć* slijed* sljedeć* smije* smjen* smješt*
    snabdije* srijed* susjed* svijet* svjedo* svjet* tijek* tijel* tjeles* umjesto unaprije* unaprje* uspje* uvijek
    vidje* vijek* vijest* vijeć* vjer* vrijed* vrijeme zahtjev* zamijen* zamjen* zapovjed* zvijezd* čovjek* željel*
    željet* živje*
"""
_WESTERN = """
    europ* financ* glazb* glede gospodar* inozem* istodobn* izvješć* kazališ* kemij* kirur* kolodvor* kolovoz*
    kršćan* lipnj* listopad* natjec* natječ* netko nitko obitelj* obvez* odvjetni* osobno ozljed* ožujk* poduzeć*
    postrojb* povijest* primjerice priopć* promet* promidž* proračun* prosinc* prosvjed* ravnatelj* redatelj* rujn*
    siječnj* skladatelj* skrb* službeno srpnj* stroj* studenog* studenom suca suci sudac sudioni* sukladno surad*
    surađ* sustav* svatko sveučiliš* svibnj* temeljem tijekom tiskov* tisuć* tjedan tjedn* tko točk* točn* travnj*
    tvrtk* ubojic* ubojstv* udrug* uhit* uhić* unatoč uporab* utjec* utječ* uvjet* veleposlan* veljač* vlak vlaka
    vlakom vlakov* zaslon* znanost* znanstv* zrakoplov* čimben*
"""
_EASTERN = """
    april aprila bioskop* budžet* decemb* evrop* februar* finansij* fudbal* hapšen* hemij* hiljad* januar* jula juna
    ko kompanij* lično marta mašin* naučni* niko novemb* obavez* oktob* organizova* porodic* pozoriš* preduzeć*
    saobraća* saopšt* saradn* sarađ* saveznoj septemb* sistem* sudij* takmič* tačk* tačn* ubica ubice ubist* uhapš*
    univerzitet* uslov* uticaj* utiče* učesni* učestvova* vaspit* voz voza vozom zemljotres* zvanič* šta štamp*
"""
_SIGNS: tuple[tuple[str, str], ...] = (
    ("sr", _EKAVIAN),
    ("bs hr", _IJEKAVIAN),
    ("hr", _WESTERN),
    ("bs sr", _EASTERN),
    ("sr", "биће ће који које којим је као њих није нико су свака сваки свако у"),
    ("mk", "беше биде бидат во го ги дека ја кои кој ќе нема никој овој оваа секој секоја со"),
    ("bs", "augusta augustu bezbjed* historij* hljeb* kahv* lahk* mehk* saopć* sedmic* sretn*"),
    (
        "nb",
        """bare begge ble de dere disse en et flere fra første gikk gjort gjør gjøre hennes hun hva hvem hvilke hvilken
        hvis hvor hvordan hvorfor høyere ikke jeg kommer kunne leder ledere mer milliarder millioner
        muligheter mye noe noen norge nå sammen selv siden sier tidligere tjenester uke uken være vært årene
        året""",
    ),
    (
        "nn",
        """berre båe dei desse difor dykk eg ein einaste eit fekk fleire frå fyrste gjekk gjere heile hennar hjå høgare
        ikkje kjem korleis kva kvar kvarandre kven kvifor leiar leiarar leiaren medan meir milliardar
        millionar mogleg moglegheit* mykje noko nokon nokre noreg saman seier sidan sjølv sjølve såg tenest*
        tidlegare vart veka veke vere verksemd* vert vore åra òg""",
    ),
    (
        "id",
        """agustus aktivitas anda bahwa bensin berbeda bisa butuh cina departemen desember gedung gubernur informasi
        inggris jumat kabupaten kamis kampanye kantor karena karyawan kebijakan kepolisian kualitas
        mahasiswa maret miliar mobil nomor pabrik partai pemerintah pemilu perusahaan polisi ponsel prancis
        provinsi resmi sekretaris selandia senin setelah situs televisi tim tiongkok triliun turnamen uang
        universitas""",
    ),
    (
        "ms",
        """ahad aktiviti awak bagaimanapun bahawa berbeza bilion boleh british cukai disember gabenor hendaklah
        hospital iaitu ialah isnin julai jumaat kakitangan kempen kerajaan kerana kesihatan khamis kilang
        kualiti mahkamah maklumat manakala nombor ogos parti pasukan peguam pejabat pelajar pengerusi
        perancis perniagaan polis projek rasmi sekiranya selepas setiausaha syarikat televisyen tiada
        trilion universiti wang""",
    ),
    (
        "zu",
        """amaphoyisa futhi iphoyisa kanye kuleli kusho labo lapho leli lesi lokho lokhu lolu manje ngaphambi ngeke
        ngemuva ngesikhathi ngoba ngokuthi njengoba nokuthi noma uhulumeni ukuthi uma umuntu""",
    ),
    (
        "xh",
        """amapolisa apho eli esi kunye kwakhona kwaye kweli ngexesha ngoku ngokutsho okanye oko oku olu phambi umntu
        urhulumente xa xeshikweni yaye""",
    ),
)
"""Words, and beginnings of words with `*`, that the named languages write and the others of their group do not."""

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_STEM = 3


def group_of(code: str) -> frozenset[str]:
    """Give the group that a language belongs to; itself alone when it has no such neighbours.

    >>> sorted(group_of("hr")), sorted(group_of("fr"))
    (['bs', 'hr', 'sr'], ['fr'])
    """
    return _GROUP_OF.get(code, frozenset({code}))


def weigh_signs(text: str, group: frozenset[str]) -> dict[str, int]:
    """Count for each language of a group the words that it would write and not every one of the group.

    >>> weigh_signs("Predsjednik je u nedjelju rekao tko će doći", frozenset({"bs", "hr", "sr"}))
    {'bs': 2, 'hr': 3, 'sr': 0}
    """
    counts = dict.fromkeys(sorted(group), 0)
    for word in _WORD.findall(text.lower()):
        for code in _writers(word, group):
            counts[code] += 1
    return counts


def _writers(word: str, group: frozenset[str]) -> frozenset[str]:
    """Name the languages of the group that write a word, by the longest sign it fits; all or none says nothing."""
    for sign in (word, *(word[:end] + "*" for end in range(len(word), _SHORTEST_STEM - 1, -1))):
        writers = _WRITERS.get(sign, frozenset()) & group
        if writers and writers != group:
            return writers
    return frozenset()


def _signs() -> Iterator[tuple[str, frozenset[str]]]:
    for codes, signs in _SIGNS:
        for sign in signs.split():
            yield sign, frozenset(codes.split())


_GROUP_OF = {code: group for group in GROUPS for code in group}
_WRITERS: dict[str, frozenset[str]] = {}
for _sign, _codes in _signs():
    _WRITERS[_sign] = _WRITERS.get(_sign, frozenset()) | _codes
