"""A reader's complaint made into a rule file: what should have gone, or what should have stayed.

Nothing is written to config/: the draft is shown with what the loader says of it, whether its examples hold, and what
it would do to the very article. A person decides, and copies it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, get_args

from newsdex.clean.paragraphs import is_prose
from newsdex.clean.rulebook import LONGEST_FURNITURE, rulebook_for
from newsdex.errors import UserError
from newsdex.records import Article, ExtractedArticle, Kind
from newsdex.rules import Example, Publisher, Rules, Where, all_rules
from newsdex.run.new_publisher import slug
from newsdex.run.placement import Placed, Placement, Role
from newsdex.run.rule_checks import Check, Trial, check_keeping, check_removing
from newsdex.run.rule_wording import id_of, label_of, pattern_of, plain, quoted, rule_yaml

PLACES: tuple[str, ...] = tuple(each for each in get_args(Where) if each not in ("block", "inline"))
"""Where a drafted rule may look: one made of a single line has no use for the others."""

_LONGEST_EXAMPLE = 300
_UNSAID = "say in a sentence what this furniture is"
_NO_LIKENESS = "write the sentence that is most like it and must stay"
_NAMED = 3


class Want(StrEnum):
    """What a reader says of a paragraph."""

    GONE = "gone"
    """It stayed, and should have gone."""
    KEPT = "kept"
    """It went, or a piece of it, and should have stayed."""


class Scope(StrEnum):
    """Whose articles a rule is for."""

    PUBLISHER = "publisher"
    LANGUAGE = "language"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants of one paragraph, by its number; None and empty for what they leave to us.

    `keep` is a text that must stay, most like the furniture; `whole` makes the pattern match these words only.
    """

    paragraph: int
    want: Want
    scope: Scope | None = None
    where: str | None = None
    why: str = ""
    keep: str = ""
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A file's text and the file of config/ it is for; `wish` is what was asked, with what we chose filled in.

    `file` is None for a rule that lives in code: no file changes it. `scopes` are those that make sense here.
    """

    text: str
    file: str | None
    is_new: bool
    rule: str
    marked: str
    wish: Wish
    checks: tuple[Check, ...]
    scopes: tuple[Scope, ...] = ()
    label: str | None = None


def draft_rule(wish: Wish, article: Article, trial: Trial, sources: dict[str, str]) -> Draft:
    """Draft the rule that somebody wishes for. `sources` says by its id where each rule is written.

    Raises `UserError` for a paragraph that is not there, or of which the opposite is true.
    """
    paragraphs = trial.placement.paragraphs
    if not 0 <= wish.paragraph < len(paragraphs):
        raise UserError(f"this article has no paragraph {wish.paragraph}", "choose one of those on the page")
    marked = paragraphs[wish.paragraph]
    if wish.want is Want.GONE:
        if marked.role is not Role.BODY:
            raise UserError("this paragraph is not in the text", "choose one that stayed and should have gone")
        return _removing(wish, marked, article, trial)
    if not marked.rules:
        raise UserError("nothing of this paragraph was taken out", "choose one that went and should have stayed")
    return _keeping(wish, marked, trial.rules, sources)


def _removing(wish: Wish, marked: Placed, article: Article, trial: Trial) -> Draft:
    placement, rules = trial.placement, trial.rules
    text = "".join(part.text for part in marked.parts if part.rule is None).strip()
    scopes = tuple(_scopes(article, trial.extracted))
    label = label_of(text)
    wish = replace(
        wish,
        scope=wish.scope if wish.scope in scopes else scopes[0],
        where=wish.where if wish.where in PLACES else _where(marked, placement),
        why=" ".join(wish.why.split()) or _UNSAID,
        keep=" ".join(wish.keep.split()) or _likest(text, marked, placement) or _NO_LIKENESS,
        whole=label is None if wish.whole is None else wish.whole,
    )
    home = _home(wish, article, rules)
    taken = {rule.id for rule in all_rules(rules)}
    pattern = pattern_of(text, rulebook_for(rules, None).date_words, only_beginning=not wish.whole)
    shape: dict[str, Any] = {
        "id": id_of(text, home.owner, taken),
        "where": wish.where,
        "match": pattern,
        "why": wish.why,
    }
    examples = [Example(text=text, removed=True), Example(text=wish.keep, removed=False)]
    draft_text = home.head + rule_yaml(shape, examples)
    checks = tuple(check_removing(draft_text, marked, home.publisher, trial))
    return Draft(draft_text, home.file, home.is_new, shape["id"], text, wish, checks, scopes, label)


@dataclass(frozen=True, slots=True)
class _Home:
    """The file a rule goes to, what stands above the rule in the draft, and by what its id begins."""

    file: str
    is_new: bool
    head: str
    owner: str
    publisher: Publisher | None = None


def _scopes(article: Article, extracted: ExtractedArticle) -> Iterator[Scope]:
    """Give the scopes that make sense, the likeliest first: a publisher's rules ask who the page says it is."""
    told = extracted.origin.publisher or extracted.publisher
    if told:
        yield Scope.PUBLISHER
    if article.language.code != "und":
        yield Scope.LANGUAGE
    yield Scope.ANY


def _home(wish: Wish, article: Article, rules: Rules) -> _Home:
    if wish.scope is Scope.PUBLISHER:
        return _publishers_home(article, rules)
    language = article.language.code if wish.scope is Scope.LANGUAGE else "und"
    known = {pack.language for pack in rules.languages}
    code = next((tag for tag in (language, language.partition("-")[0]) if tag in known), language)
    file = f"config/languages/{code}.yaml"
    if code in known:
        return _Home(file, False, f"# A draft for {file}: put it below `rules:` there.\nrules:\n", code)
    return _Home(file, True, f"# A draft of {file}.\nlanguage: {code}\nrules:\n", code)


def _publishers_home(article: Article, rules: Rules) -> _Home:
    name = article.origin.publisher or article.clean.publisher or ""
    known = rules.publisher(name)
    if known is not None:
        file = f"config/publishers/{known.id}.yaml"
        return _Home(file, False, f"# A draft for {file}: put it below `rules:` there.\nrules:\n", known.id, known)
    identity = slug(name) or slug(article.domain or "") or "publisher"
    file = f"config/publishers/{identity}.yaml"
    facts: dict[str, Any] = {"id": identity, "name": name}
    if article.domain:
        facts["domains"] = [article.domain]
    if article.language.code != "und":
        facts["language"] = article.language.code
    written = "".join(f"{key}: {plain(value)}\n" for key, value in facts.items())
    return _Home(file, True, f"# A draft of {file}.\n{written}rules:\n", identity, Publisher.model_validate(facts))


def _where(marked: Placed, placement: Placement) -> str:
    """Say where a line stands: above the story's prose, below it, or within."""
    prose = [
        each.number
        for each in placement.paragraphs
        if each.role is Role.BODY and each is not marked and is_prose(each.text)
    ]
    if not prose:
        return "line"
    return "head" if marked.number < prose[0] else "tail" if marked.number > prose[-1] else "line"


def _likest(text: str, marked: Placed, placement: Placement) -> str:
    """Give the paragraph of the story that has most words of the furniture: whoever knows a better one writes it."""
    words = set(text.casefold().split())
    prose = [
        each.text
        for each in placement.paragraphs
        if each.role is Role.BODY and each is not marked and each.kind is Kind.TEXT and is_prose(each.text)
    ]
    best = max(prose, key=lambda each: len(words & set(each.casefold().split())) / len(each.split()), default="")
    cut = best[:_LONGEST_EXAMPLE]
    return cut if len(cut) == len(best) else cut.rpartition(" ")[0]


def _keeping(wish: Wish, marked: Placed, rules: Rules, sources: dict[str, str]) -> Draft:
    piece = next(part for part in marked.parts if part.rule is not None)
    rule_id = piece.rule or ""
    rule = next((each for each in all_rules(rules) if each.id == rule_id), None)
    wish = replace(wish, keep=piece.text)
    if rule is None:
        text = (
            f"# The rule {rule_id} lives in code: no file of config/ changes it. Report it to whoever mends that.\n"
            f"rule: {rule_id}\nexamples:\n  - {{text: {quoted(piece.text)}, removed: false}}\n"
        )
        return Draft(text, None, False, rule_id, piece.text, wish, (Check(None, "This has to be mended in code."),))
    file = sources.get(rule_id, "").rpartition(":")[0]
    shape = rule.model_dump(exclude_defaults=True, exclude={"examples"})
    shape = {name: shape[name] for name in ("id", "where", "match", "takes_below", "action", "why") if name in shape}
    examples = [*rule.examples, Example(text=piece.text[:LONGEST_FURNITURE], removed=False)]
    head = f"# A draft for {sources.get(rule_id, file)}: {rule_id} as it is, with one more example.\nrules:\n"
    text = head + rule_yaml(shape, examples)
    return Draft(text, file, False, rule_id, piece.text, wish, tuple(check_keeping(text, rule, piece.text, rules)))
