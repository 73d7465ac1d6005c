"""Many precedents out of few texts, the same ones every time: sentences of several are put together anew."""

import dataclasses
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from caselib.exchange.jsonlines import Row, read_lines
from caselib.orgs.models import Department, Region
from caselib.precedents.bulk import NewPrecedent
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Precedent
from caselib.search.evaluation import STARTER

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")


def starter_contents() -> list[RevisionContent]:
    """The published texts of the starter library, also where there are others by now: each takes a dozen queries."""
    starter = Precedent.objects.findable().filter(external_id__startswith=STARTER)
    rows = starter.select_related("live_revision").order_by("pk")
    return [content_of(row.live_revision) for row in rows]


def corpus_contents(folder: Path, *, bases: Sequence[RevisionContent]) -> list[RevisionContent]:
    """The texts of corpus.jsonl; what a corpus does not say (matter, cause, policies) comes from the starter library."""
    contents = []
    with (folder / "corpus.jsonl").open("rb") as lines:
        for number, row in enumerate(read_lines(lines)):
            if not isinstance(row, Row):
                raise ValueError(str(row))
            base = bases[number % len(bases)]
            said = {"title": row.title, "problem": row.problem, "blocker": row.blocker, "resolution": row.resolution}
            empty = {"gist": "", "requester_wording": (), "script": "", "tags": row.tags}
            contents.append(dataclasses.replace(base, **said, **empty))
    return contents


def queries_of(folder: Path | None, contents: Sequence[RevisionContent], *, count: int) -> list[str]:
    """What people ask: queries.jsonl of the folder, or the words of citizens and the titles of the texts."""
    path = folder / "queries.jsonl" if folder else None
    if path and path.is_file():
        found = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        found = [wording for content in contents for wording in content.requester_wording]
        found += [content.title for content in contents]
    found = list(dict.fromkeys(found))
    random.Random(7).shuffle(found)  # noqa: S311 (the same order every time is the point)
    return found[:count]


def recombined(contents: Sequence[RevisionContent], *, size: int) -> Iterator[NewPrecedent]:
    """`size` precedents: each text of the corpus as it is while it lasts, then with sentences of others."""
    chance = random.Random(size)  # noqa: S311
    departments = list(Department.objects.order_by("pk"))
    regions = list(Region.objects.order_by("pk"))
    for number in range(size):
        base = contents[number % len(contents)]
        if number >= len(contents):
            base = _mixed(base, chance.choice(contents), chance)
        content = dataclasses.replace(base, region=chance.choice(regions))
        yield NewPrecedent(
            content=content, owner_department=chance.choice(departments), external_id=f"bench-{number:06d}"
        )


def _mixed(one: RevisionContent, other: RevisionContent, chance: random.Random) -> RevisionContent:
    def mix(name: str) -> str:
        sentences = _SENTENCE.findall(getattr(one, name)) + _SENTENCE.findall(getattr(other, name))
        chance.shuffle(sentences)
        return "".join(sentences[: max(1, len(sentences) * 2 // 3)])

    return dataclasses.replace(
        one,
        title=chance.choice((one.title, other.title)),
        problem=mix("problem"),
        resolution=mix("resolution"),
        gist=mix("gist")[:200],
        tags=tuple(dict.fromkeys((*one.tags, *other.tags)))[:6],
        requester_wording=chance.choice((one.requester_wording, other.requester_wording)),
    )
