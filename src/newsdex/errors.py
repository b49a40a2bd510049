"""The two ways things go wrong: a document is refused, or a person has to act."""

from __future__ import annotations

from newsdex.records import Reason, Stage


class Rejected(Exception):
    """One document cannot go on. Raised inside a stage; the line turns it into a `Rejection`."""

    def __init__(self, stage: Stage, reason: Reason, detail: str) -> None:
        super().__init__(f"{stage}: {reason}: {detail}")
        self.stage = stage
        self.reason = reason
        self.detail = detail


class UserError(Exception):
    """Something a person has to mend. The message says what is wrong, `hint` what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}\n  {hint}" if hint else message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str]]:
        return type(self), (self.message, self.hint)
