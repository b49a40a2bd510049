"""A page as the vote on its main text sees it: its blocks, what its metadata says, what each witness has of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsdex.extract.blocks import Block, Place
from newsdex.extract.density import UNSHOWN, choose_by_density, find_furniture, prose_of
from newsdex.extract.witnesses import Witness, Words
from newsdex.records import Kind

_COMMONEST = """
the and of to in that was for with is der die und das den von ist mit nicht ein eine le la les des et que est dans une
el los de en por del una con se di che il per non um uma não os da do het van een dat op och att som på det av er til i
ja on w na z nie że и в на не что с у та що ve bir bu için yang dan dengan và của là को में है के की في من على به از
"""
FUNCTION_WORDS = frozenset(_COMMONEST.split())
"""The commonest words of many languages: running text is full of them, lists of links are not."""
_LEAST_FUNCTION_WORDS = 0.04
TRAFILATURA, RESILIPARSE, JSON_LD = WITNESSES = ("trafilatura", "resiliparse", "jsonld")


@dataclass(frozen=True, slots=True)
class Said:
    """What a page's metadata says that helps to find its text."""

    headlines: tuple[str, ...] = ()
    description: str | None = None
    authors: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """What is known of a page before any block is judged, each list in the order of the blocks.

    `knows_function_words` says that the page is in a language whose commonest words we have. `dense` holds the blocks
    of the densest element; `votable` says which blocks are judged at all: no captions, nothing hidden, no readers'
    comments. `alone` keeps the sums of what does not hang on the witnesses, once there are any. `shares` has for each
    witness that was heard how much of a block it has too.
    """

    blocks: Sequence[Block]
    places: Sequence[Place]
    said: Said = field(default_factory=Said)
    words: list[Words] = field(init=False)
    knows_function_words: bool = field(init=False)
    dense: set[int] = field(init=False)
    votable: list[bool] = field(init=False)
    alone: list[float] | None = field(init=False, default=None)
    witnesses: dict[str, Witness] = field(init=False, default_factory=dict)
    shares: dict[str, list[float]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.words = [Words(block.text) for block in self.blocks]
        spoken = [word for words in self.words for word in words.words]
        known = sum(word in FUNCTION_WORDS for word in spoken)
        self.knows_function_words = known >= _LEAST_FUNCTION_WORDS * len(spoken)
        self.dense = choose_by_density(self.blocks, self.places)
        aside = find_furniture(self.blocks, self.places, UNSHOWN)
        self.votable = [block.kind is not Kind.CAPTION and not aside[block.place.at] for block in self.blocks]
        for block in self.blocks:
            block.place.prose += prose_of(block)
        for place in reversed(self.places):  # a place stands after the one around it
            if place.parent is not None:
                place.parent.prose += place.prose

    def hear(self, name: str, witness: Witness | None) -> None:
        """Ask a witness about every block; one that found nothing is not heard."""
        if witness is not None and witness.length:
            self.witnesses[name] = witness
            self.shares[name] = [witness.share(words) for words in self.words]
