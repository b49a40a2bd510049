"""Clusters as a partition: who is near to whom, without asking about each pair."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from newsdex.enrich.near_duplicates import are_near_duplicates, sign
from newsdex.index import partition
from newsdex.index.partition import Lookup, Member, Text, clusters

WORDS = [
    f"{first}{second}{third}" for first in ("ka", "lo", "ver") for second in "aeiou" for third in ("nt", "rd", "l")
]


def write(chance: random.Random, words: int = 120) -> list[str]:
    """Write a text."""
    return [chance.choice(WORDS) + str(chance.randrange(90)) for _ in range(words)]


def edit(chance: random.Random, words: list[str], changes: int) -> list[str]:
    """Change so many words of a text."""
    edited = list(words)
    for place in chance.sample(range(len(words)), changes):
        edited[place] = chance.choice(WORDS) + "x"
    return edited


def member(number: int, words: list[str], cluster_id: str = "") -> Member:
    """Give a text as the index has it, by itself unless it is said where."""
    body = " ".join(words)
    text = Text(f"{number:04}", body, sign([body], words=len(words)))
    return Member(text, cluster_id or text.id, f"2026-01-01T00:{number:06}Z", number, 1)


def families(chance: random.Random) -> list[Member]:
    """Give some texts, and of each a line of edits, each made of any before it; some are copies to the letter."""
    members: list[Member] = []
    for _ in range(chance.randint(1, 4)):
        family = [write(chance)]
        for _ in range(chance.randrange(12)):
            family.append(edit(chance, chance.choice(family), chance.choice((0, 2, 6, 12))))
        members += [member(len(members) + place, words) for place, words in enumerate(family)]
    chance.shuffle(members)
    return members


def asked_about_each_pair(members: list[Member]) -> set[frozenset[str]]:
    """Join by the definition, pair by pair."""
    groups = {each.text.id: {each.text.id} for each in members}
    for one, other in combinations([each.text for each in members], 2):
        assert one.signature
        assert other.signature
        same = one.content_hash == other.content_hash
        if same or (set(one.bands) & set(other.bands) and are_near_duplicates(one.signature, other.signature)):
            joined = groups[one.id] | groups[other.id]
            groups |= dict.fromkeys(joined, joined)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("seed", range(25))
def test_clusters_are_what_asking_about_each_pair_gives(seed: int) -> None:
    """In whatever order the texts come."""
    members = families(random.Random(seed))
    named = clusters(members)
    together: dict[str, set[str]] = {}
    for text_id, cluster_id in named.items():
        together.setdefault(cluster_id, set()).add(text_id)
    assert {frozenset(group) for group in together.values()} == asked_about_each_pair(members)
    assert all(cluster_id in group for cluster_id, group in together.items())


@pytest.mark.parametrize("seed", range(25))
def test_one_neighbour_of_each_cluster_is_found(seed: int) -> None:
    """And none of a cluster that has none."""
    members = families(random.Random(seed))
    named = clusters(members)
    lookup = Lookup(each.text for each in members)
    for each in members:
        neighbours = {
            named[other.text.id]
            for other in members
            if other.text.id != each.text.id
            and other.text.content_hash != each.text.content_hash
            and set(other.text.bands) & set(each.text.bands)
            and each.text.signature
            and other.text.signature
            and are_near_duplicates(each.text.signature, other.text.signature)
        }
        found = lookup.near(each.text, lambda other: named[other.id])
        assert neighbours <= found.keys() <= {named[each.text.id]}


def test_a_form_letter_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weather of every day is one cluster of thousands: each is compared with a few of the others."""
    asked = 0

    def count(one: object, other: object) -> bool:
        nonlocal asked
        asked += 1
        return are_near_duplicates(one, other)  # type: ignore[arg-type]

    monkeypatch.setattr(partition, "are_near_duplicates", count)
    chance = random.Random(1)
    form = write(chance)
    members = [member(number, edit(chance, form, 2)) for number in range(400)]
    assert len(set(clusters(members).values())) == 1
    assert asked < 5 * len(members)
    asked = 0
    assert len(Lookup(each.text for each in members).near(member(999, form).text, lambda _: "weather")) == 1
    assert asked == 1
