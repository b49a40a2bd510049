"""Stories in words that no other story has, so that none is a near-duplicate of another, in any number."""

from __future__ import annotations

import random
from dataclasses import dataclass

_LETTERS = "aeioubdfgklmnprst"


@dataclass(frozen=True)
class Story:
    """A headline, which has the story's number, and paragraphs."""

    headline: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The story as plain text."""
        return "\n\n".join((self.headline, *self.paragraphs))


def write_story(number: int, place: str = "Colonia", *, words: int = 80) -> Story:
    """Write the story of a number; the place is in its headline and in its text."""
    chance = random.Random(number)
    told = ["".join(chance.choices(_LETTERS, k=chance.randint(3, 9))) for _ in range(words)]
    half = words // 2
    return Story(
        f"Ferry {number} returns to {place}",
        (
            f"The harbour master of {place} said on Tuesday that ferry {number} was back. {' '.join(told[:half])}.",
            f"Its passengers were taken to a hotel, and the company paid for it. {' '.join(told[half:])}.",
        ),
    )
