"""The raw archive for a person: from an article to its bytes and back, and whether the archive is whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from newsdex.errors import UserError
from newsdex.run.archiving import open_archive
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.archive import Damage, Tally
    from newsdex.index.provenance import Held


def is_raw_ref(what: str) -> bool:
    """Tell a place in the raw archive from an id and an address.

    >>> is_raw_ref("2026/11/22/batch-00001.warc.gz#0"), is_raw_ref("https://news.example/story#top")
    (True, False)
    """
    name, _, offset = what.rpartition("#")
    return "://" not in what and name.endswith(".warc.gz") and offset.isdecimal()


def find_held(settings: Settings, what: str) -> list[Held]:
    """Find what the index has under an article's or a quarantine entry's id, or under an address; the latest first.

    Raises `UserError` when it has nothing, or does not answer.
    """
    from newsdex.enrich.fingerprint import canonicalize_url
    from newsdex.index import Names, connect
    from newsdex.index.provenance import find_held as find

    canonical = canonicalize_url(what)
    urls = {what, canonical} if canonical else {what}
    with closing(connect(settings)) as client:
        found = find(client, Names(settings.index_prefix), entry_id=what, urls=sorted(urls))
    if not found:
        raise UserError(
            f"the index has nothing under {what!r}",
            "give the id of an article or quarantine entry, an address, or a raw_ref (2026/11/22/NAME.warc.gz#0)",
        )
    return found


def find_by_place(settings: Settings, raw_ref: str) -> list[Held]:
    """Find the articles, former texts and quarantine entries that were made from the bytes at a place."""
    from newsdex.index import Names, connect
    from newsdex.index.provenance import find_by_place as find

    with closing(connect(settings)) as client:
        return find(client, Names(settings.index_prefix), raw_ref)


def verify_archive(
    settings: Settings,
    *,
    sample: int | None,
    told: Callable[[Damage], None],
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Look whether the archive still holds what was written to it, in all or in a sample of so many documents.

    `told` hears of each damage, `progress` how much is done of how much.
    """
    return open_archive(settings).verify(sample=sample, told=told, progress=progress)


def relearn_digests(settings: Settings) -> int:
    """Fill the list by which repeats are found from the archive; give how many documents it was told of."""
    return open_archive(settings).learn_digests()
