"""The versions of an article, for a person: which there were."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index.revisions import Revision


@dataclass(frozen=True, slots=True)
class Versions:
    """An article's versions, the present one last, and copies that came too late to be one."""

    article_id: str
    versions: tuple[Revision, ...]
    late: tuple[Revision, ...]

    def version(self, number: int) -> Revision:
        """Give one version. Raises `UserError` naming those there are."""
        for revision in self.versions:
            if revision.version == number:
                return revision
        known = ", ".join(str(revision.version) for revision in self.versions)
        raise UserError(f"article {self.article_id} has no version {number}", f"it has {known}")

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "id": self.article_id,
            "versions": [{"version": each.version, **each.source} for each in self.versions],
            "late": [each.source for each in self.late],
        }


def list_revisions(settings: Settings, article: str) -> Versions:
    """Give the versions of an article, by its id or its address. Raises `UserError` when there is no such article."""
    from newsdex.enrich.fingerprint import canonicalize_url
    from newsdex.index import Names, connect
    from newsdex.index.revisions import Revision, revisions
    from newsdex.index.templates import ensure_others

    names = Names(settings.index_prefix)
    address = canonicalize_url(article)
    either: dict[str, Any] = {"ids": {"values": [article]}} if address is None else {"term": {"canonical_url": address}}
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        client.indices.refresh(index=names.news)
        hits = client.search(index=names.news, query=either, size=1, source_excludes=["text_*", "near_duplicate"])
        found = hits["hits"]["hits"]
        article_id = str(found[0]["_id"]) if found else article
        former = revisions(client, article_id, index=names.revisions)
        if not found and not former:
            raise UserError(f"there is no article {article}", "newsdex search --json shows the ids")
    present = tuple(Revision(article_id, int(hit["_source"]["version"]), dict(hit["_source"])) for hit in found)
    kept = sorted((each for each in former if each.version is not None), key=lambda each: each.version or 0)
    late = tuple(each for each in former if each.version is None)
    return Versions(article_id, (*kept, *present), late)
