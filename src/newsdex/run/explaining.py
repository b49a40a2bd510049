"""An article made anew from its bytes by today's rules, with everything put back to where it stood.

What people ask of a page may be any document, so it is worked like in a run: in a process of its own that a document
may cost, within its bounds of time and memory. The processes start with the first question, and stay.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import TypeAlias

from newsdex.errors import UserError
from newsdex.read import OpenedDocument, reopen
from newsdex.records import Article, Rejection
from newsdex.run.archiving import open_archive
from newsdex.run.knowledge import current_rules
from newsdex.run.line import lost, process_document, warm_up
from newsdex.run.placement import Placement, place
from newsdex.run.rule_checks import Trial
from newsdex.run.rule_draft import Draft, Wish, draft_rule
from newsdex.run.rule_trial import reasons, rule_sources
from newsdex.settings import Settings
from newsdex.workers import Loss, Workers

MOST_WAITING = 8
"""So many questions are answered or wait at a time; who asks beyond them is told to come again."""


@dataclass(frozen=True, slots=True)
class RuleNote:
    """Why a rule is there, and the file and line where it is written; None for a rule that lives in code."""

    why: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """What today's rules make of a document, its paragraphs in place, and notes on the rules that took some."""

    article: Article
    placement: Placement
    notes: dict[str, RuleNote]


@dataclass(frozen=True, slots=True)
class Question:
    """A document that is to be explained, and with `wish` the rule that somebody wants for it."""

    opened: OpenedDocument
    wish: Wish | None = None


Answer: TypeAlias = Explained | Draft | Rejection | UserError


class Explainer:
    """Explains documents of the raw archive. Several threads may ask at once; `close` ends the processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._places = BoundedSemaphore(MOST_WAITING)
        self._workers: Workers[Question, Answer, Settings] | None = None

    def explain(self, raw_ref: str) -> Explained | Rejection:
        """Explain the document at a place. Raises `UserError` when the archive cannot give it."""
        answer = self._ask(Question(self._open(raw_ref)))
        if isinstance(answer, Explained | Rejection):
            return answer
        raise TypeError(answer)

    def draft(self, raw_ref: str, wish: Wish) -> Draft | Rejection:
        """Draft the rule that somebody wants for it. Raises `UserError` as `explain` and `draft_rule` do."""
        answer = self._ask(Question(self._open(raw_ref), wish))
        if isinstance(answer, Draft | Rejection):
            return answer
        raise TypeError(answer)

    def close(self) -> None:
        """End the processes, if any were started."""
        with self._lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            with suppress(OSError):
                workers.__exit__(None, None, None)

    def _open(self, raw_ref: str) -> OpenedDocument:
        limit = self._settings.document_bytes
        return reopen(open_archive(self._settings).document(raw_ref, largest=limit), limit=limit)

    def start(self) -> None:
        """Start the processes, without waiting for them: to load all rules and parsers takes some seconds.

        Where they cannot be started now, the first question tells so.
        """
        with suppress(OSError):
            self._started()

    def _ask(self, question: Question) -> Answer:
        if not self._places.acquire(blocking=False):
            raise UserError(f"{MOST_WAITING} others wait to have a document explained", "ask again in a moment")
        try:
            return self._answer(question)
        finally:
            self._places.release()

    def _answer(self, question: Question) -> Answer:
        try:
            (answer,) = self._started().map([[question]])
        except (RuntimeError, EOFError, OSError) as gone:
            self.close()  # the next question starts them afresh
            raise UserError("the processes that do this have ended", "ask again") from gone
        except UserError:
            self.close()  # the rules did not load: somebody may mend them
            raise
        if isinstance(answer, UserError):
            raise answer
        return answer

    def _started(self) -> Workers[Question, Answer, Settings]:
        with self._lock:
            if self._workers is None:
                self._workers = Workers(
                    work=answer_question,
                    lost=_lost,
                    prepare=_prepare,
                    arguments=(self._settings,),
                    processes=1,
                    seconds=self._settings.document_seconds,
                    memory=self._settings.document_memory,
                ).__enter__()
            return self._workers


def answer_question(question: Question, settings: Settings) -> Answer:
    """Take a document through today's line and put what cleaning took back to its place.

    A `UserError` is given, not raised: the process goes on to the next question.
    """
    from newsdex.extract import extract  # what asks is up sooner without the parsers

    try:
        rules = current_rules(settings.config)
        result = process_document(question.opened, rules)
        if isinstance(result, Rejection):
            return result
        extracted = extract(question.opened.raw)
        placement = place(extracted, result.clean)
        sources = rule_sources(settings.config)
        if question.wish is not None:
            return draft_rule(question.wish, result, Trial(extracted, placement, rules), sources)
        whys = reasons(settings.config)
    except UserError as wrong:
        return wrong
    except Exception as defect:  # noqa: BLE001 - the boundary: whatever one document does, the next is answered
        return UserError(f"a defect of Newsdex: {type(defect).__name__}: {defect}", "please report it")
    used = {piece.rule for piece in result.clean.removed}
    return Explained(
        result, placement, {each: RuleNote(whys.get(each, ""), sources.get(each)) for each in sorted(used)}
    )


def _prepare(settings: Settings) -> Settings:
    warm_up(settings)
    return settings


def _lost(question: Question, loss: Loss) -> Answer:
    result = lost(question.opened, loss)
    if isinstance(result, Rejection):
        return result
    raise TypeError(result)
