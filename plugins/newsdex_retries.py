"""What is not tried again, because it would end the same way."""

from __future__ import annotations

from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy


class AsCounted(RetryPolicy):
    """For the task that draws the balance: what does not balance is told at once, a server that is away is waited for.

    All batches have ended by then, so counted again they are as many. The exception is known by its name: its class
    would load the index's client into every process that reads a DAG.
    """

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """Decide whether the task is tried again."""
        if type(exception).__name__ == "Unbalanced":
            return RetryDecision.fail("counted again it would be the same")
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """Give what it is made from: nothing."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> AsCounted:
        """Make it again."""
        return cls()
