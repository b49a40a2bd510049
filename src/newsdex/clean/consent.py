"""Consent walls: documents that only ask to accept cookies. A story about cookies says something else besides."""

from __future__ import annotations

import re

from newsdex.clean.sheet import Line

_MOST_WORDS = 500
_ASKING = re.compile(
    r"cookie|куки|consent|consenso|consenti|einwillig|zustimm|toestemming|samtyck|samtykke|suostumu|zgod[aęy]\b|súhlas"
    r"|souhlas|hozzájárul|privsta|согласи|згод|συγκατάθεσ|συναίνεσ|موافق|رضایت|הסכמ|同意|동의|rıza|onay"
    r"|persetuju|đồng ý"
    r"|सहमति|সম্মতি|ยินยอม|trace[u]r|consentement|consentimiento|votre accord|partenaires et nous|"
    r"partners|partnern|personal data|données personnelles|datos personales|dati personali|dados pessoais"
    r"|personenbezogene|persoonsgegevens|personuppgifter|legitimate interest|intérêt légitime|interés legítimo"
    r"|interesse leggittimo|berechtigte[ns]? interesse|vie privée|privacy|privacidad|privacidade|datenschutz"
    r"|prywatnoś|confidențialitat|приватн|конфиденциальн|gizlilik|quyền riêng tư|プライバシー|隐私|隱私|개인정보",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"(?:(?:i )?(?:accept|agree|reject|refuse|decline|allow)|(?:tout )?(?:accepter|refuser)|j'accepte"
    r"|(?:alle )?(?:akzeptieren"
    r"|ablehnen|annehmen|zustimmen)|zustimmen|aceptar|rechazar|aceitar|rejeitar|recusar|concordo|accett\w+"
    r"|rifiuta\w*|(?:alles )?"
    r"(?:accepteren|weigeren|afwijzen)|akkoord|godkänn\w*|acceptera|avvisa|neka|godta\w*|tillad|afvis|godkend"
    r"|hyväksy\w*"
    r"|hylkää\w*|akceptuj\w*|zgadzam się|odrzu\w+|přijm\w+|souhlasím|odmítn\w+|prijať|súhlasím|elfogad\w*|elutasít\w*"
    r"|accept[aă]?|refuz\w*|de acord|принять|принимаю|отклонить|согласен|прийняти|погоджуюсь|відхилити|αποδοχή"
    r"|αποδέχομαι"
    r"|απόρριψη|kabul\w*|reddet|tümünü kabul et|terima|setuju|tolak|đồng ý|chấp nhận|từ chối|قبول|موافق|رفض|پذیرش"
    r"|同意|接受"
    r"|拒绝|拒絕|全部接受|同意する|すべて|拒否|동의|거부|ยอมรับ|ปฏิเสธ|स्वीकार|গ্রহণ|אישור|מסכים)(?:\b.{0,30})?",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.8


def is_consent_wall(lines: list[Line]) -> bool:
    """Tell whether nearly all a document says is about consent, and a line offers an answer."""
    total = sum(line.words for line in lines)
    if total > _MOST_WORDS or not any(line.words <= 5 and _ANSWER.match(line.folded) for line in lines):
        return False
    long = [line for line in lines if line.words > 5]
    asking = sum(line.words for line in long if _ASKING.search(line.folded))
    return bool(long) and asking >= _NEARLY_ALL * sum(line.words for line in long)
