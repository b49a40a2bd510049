"""Marks: what an element is called, by its tag or by the words in its class and id."""

from __future__ import annotations

import re
from enum import IntFlag, auto
from functools import lru_cache

_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Mark(IntFlag):
    """What an element is called, by its tag or by a word in its class or id."""

    NONE = 0
    ARTICLE = auto()
    MAIN = auto()
    ASIDE = auto()
    FOOTER = auto()
    HEADER = auto()
    LIST = auto()
    TABLE = auto()
    QUOTE = auto()
    FIGURE = auto()
    FORM = auto()
    LINK = auto()
    HIDDEN = auto()
    NAVIGATION = auto()
    BODY_WORD = auto()
    ARTICLE_WORD = auto()
    DECK_WORD = auto()
    RELATED_WORD = auto()
    PROMOTION_WORD = auto()
    PERSON_WORD = auto()
    SHARE_WORD = auto()
    READERS_WORD = auto()
    LEGAL_WORD = auto()
    MENU_WORD = auto()
    EMBED_WORD = auto()
    CAPTION_WORD = auto()
    BOX_WORD = auto()
    MASTHEAD_WORD = auto()
    CAPTION = auto()
    ARTICLE_BODY = auto()
    FURNITURE = auto()


NONE, HIDDEN, CAPTION, ARTICLE_BODY, FURNITURE = (
    0,
    *(int(mark) for mark in (Mark.HIDDEN, Mark.CAPTION, Mark.ARTICLE_BODY, Mark.FURNITURE)),
)
_BY_TAG = {
    "article": Mark.ARTICLE,
    "main": Mark.MAIN,
    "aside": Mark.ASIDE,
    "footer": Mark.FOOTER,
    "header": Mark.HEADER,
    "ul": Mark.LIST,
    "ol": Mark.LIST,
    "table": Mark.TABLE,
    "blockquote": Mark.QUOTE,
    "figure": Mark.FIGURE,
    "form": Mark.FORM,
    "a": Mark.LINK,
    "nav": Mark.NAVIGATION,
    "menu": Mark.NAVIGATION,
    "dialog": Mark.NAVIGATION,
    "button": Mark.NAVIGATION,
    "label": Mark.NAVIGATION,
}
TAG_MARKS = {tag: int(mark) for tag, mark in _BY_TAG.items()}
_WORDS = {
    Mark.BODY_WORD: "body bodytext content text richtext prose paragraph paragraphs copy texto cuerpo corps inhalt "
    "textblock wysiwyg",
    Mark.ARTICLE_WORD: "article articles story post entry news artikel articulo nota noticia artigo articolo main",
    Mark.DECK_WORD: "standfirst deck dek subhead subheadline subheading subtitle subtitulo chapeau lede sapo sommario "
    "occhiello ingress vorspann untertitel bajada copete entradilla lead summary excerpt intro abstract description",
    Mark.RELATED_WORD: "related recommended recommendations recommendation recirc recirculation trending popular "
    "mostread outbrain taboola readmore morenews more teaser teasers carousel slider slideshow playlist latest "
    "similar next also links linklist promobox inline",
    Mark.PROMOTION_WORD: "newsletter newsletters signup promo promotion advert adverts advertisement advertorial ad "
    "ads adslot sponsored sponsor subscribe subscription paywall donate donation appeal cta banner premium offer piano "
    "affiliate commercial anzeige werbung publicidad pub",
    Mark.PERSON_WORD: "byline bylines author authors bio autor autoren auteur contributor profile avatar person",
    Mark.SHARE_WORD: "share sharing sharebar social socials follow whatsapp facebook tools toolbar actions",
    Mark.READERS_WORD: "comment comments commentlist disqus reply replies respond reader kommentar kommentare "
    "kommentarer comentario comentarios commentaires commenti reacties talkback talkbacks yorum yorumlar komentarze",
    Mark.LEGAL_WORD: "cookie cookies consent gdpr disclaimer legal copyright login register modal popup overlay "
    "correction rights notice disclosure",
    Mark.MENU_WORD: "nav navigation navbar menu breadcrumb breadcrumbs footer sidebar masthead pagination pager tags "
    "taglist tag topics topic skip category categories eyebrow kicker sitemap",
    Mark.EMBED_WORD: "tweet twitter instagram tiktok embed embedded youtube telegram widget player video audio poll "
    "quiz",
    Mark.CAPTION_WORD: "caption figcaption imagecaption legend bildunterschrift credit credits imagecredit photo image "
    "gallery media picture",
    Mark.BOX_WORD: "box infobox factbox sidebox aside card callout highlight highlights key takeaways pullquote rating",
    Mark.MASTHEAD_WORD: "timestamp dateline date published time datetime updated meta metadata headline title",
}
_FURNITURE_WORDS = (
    "related recommended recommendations recirc recirculation newsletter newsletters signup share sharing "
    "sharebar social socials comment comments disqus promo promotion advert adverts advertisement "
    "advertorial ad ads adslot sponsored sponsor sidebar breadcrumb breadcrumbs cookie cookies consent "
    "gdpr subscribe subscription tags taglist topics footer nav navigation navbar menu toolbar trending "
    "popular mostread outbrain taboola byline bylines author authors bio timestamp dateline credit "
    "copyright skip modal popup overlay banner masthead pagination pager tooltip teaser teasers readmore "
    "morenews widget tweet instagram tiktok donate donation appeal cta kicker eyebrow correction "
    "disclaimer legal login register rating poll quiz carousel slider slideshow playlist player "
)
"""Words in a class or id that call an element page furniture."""
_FURNITURE = frozenset(_FURNITURE_WORDS.split())
_CAPTION_NAMES = frozenset(("caption", "figcaption", "imagecaption"))
_MARK_OF = {word: int(mark) for mark, words in _WORDS.items() for word in words.split()}


@lru_cache(maxsize=4096)
def marks_of(names: str) -> int:
    """Give the marks for the words in an element's class and id."""
    marks = NONE
    for name in names.split():
        if ":" not in name:  # `print:hidden` and the like are a style sheet's conditions, no names
            tokens = {token.lower() for token in _TOKEN.findall(name)}
            if tokens & _FURNITURE:
                marks |= FURNITURE
            for token in tokens:
                marks |= _MARK_OF.get(token, NONE)
            if {"ai", "summary"} <= tokens:
                marks |= int(Mark.ASIDE)
            if tokens & _CAPTION_NAMES:
                marks |= CAPTION
            if {"article", "body"} <= tokens or {"story", "body"} <= tokens or {"entry", "content"} <= tokens:
                marks |= ARTICLE_BODY
    return marks
