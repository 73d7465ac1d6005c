"""Why a result stands where it stands, in plain words, and that none which contradicts the question stands first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext

from caselib.precedents.place import Near
from caselib.precedents.visibility import PrecedentStatus
from caselib.search import weights
from caselib.search.engine.port import Hit
from caselib.search.families import COMPARED, Family, Sibling, contradicts, families_of, fulfils, values_in
from caselib.search.fields import FAILS, MOST_FAILS, STATUS
from caselib.search.lexicon.facts import FITS, UNFITS
from caselib.search.lexicon.reader import lexicon
from caselib.search.lexicon.subjects import SUBJECTS
from caselib.search.lexicon.traits import TRAITS
from caselib.search.ranking import Ranking
from caselib.search.rows import ResultRow

# What each hit has to bring along for this.
RETURNS = (FITS, UNFITS, STATUS, SUBJECTS, TRAITS, FAILS)
_MOST_WORDS = 5


def explained(
    rows: Sequence[ResultRow], hits: Mapping[int, Hit], ranking: Ranking, *, offset: int
) -> tuple[ResultRow, ...]:
    """Adds to each row why it is there, to the first of near-duplicates what decides, and settles the first place.

    `hits` by key of the precedent. `offset`: rows before this page; only the first page has a first place.
    """
    reasons = {row.pk: _reasons_of(row, hits[row.pk], ranking) for row in rows}
    siblings = [_sibling(place, row, hits[row.pk]) for place, row in enumerate(rows[:COMPARED], offset + 1)]
    families = families_of(siblings, ranking.facts)
    if not offset and (better := _better_first(siblings, families, ranking)):
        rows = [rows[better], *rows[:better], *rows[better + 1 :]]
        siblings = [_sibling(place, row, hits[row.pk]) for place, row in enumerate(rows[:COMPARED], 1)]
        families = families_of(siblings, ranking.facts)
    by_head = {family.members[0].code: family for family in families}
    return tuple(
        replace(row, why=why, against=against, family=by_head.get(row.code))
        for row, (why, against) in ((row, reasons[row.pk]) for row in rows)
    )


def _sibling(place: int, row: ResultRow, hit: Hit) -> Sibling:
    return Sibling(
        place=place,
        code=row.code,
        title=row.plain_title,
        story=row.story,
        matter=row.matter,
        applies_when=row.applies_when,
        not_when=row.not_when,
        fits=tuple(hit.values.get(FITS, ())),
        unfits=tuple(hit.values.get(UNFITS, ())),
    )


def _better_first(siblings: Sequence[Sibling], families: Sequence[Family], ranking: Ranking) -> int:
    """Place (from 0) of the sibling that fits, where the question contradicts a condition of the first result.

    0 where the first one may stay. Only its own family is asked: a result about something else is no better answer.
    """
    asked = ranking.facts.by_dimension
    if not siblings or not asked or not contradicts(siblings[0], asked):
        return 0
    for family in families:
        if family.members[0].code == siblings[0].code:
            fitting = (one for one in family.members if fulfils(one, asked) and not contradicts(one, asked))
            return next((one.place - 1 for one in fitting), 0)
    return 0


def _reasons_of(row: ResultRow, hit: Hit, ranking: Ranking) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(why it is here, what the question states otherwise)."""
    fits, against = _facts_of(hit, ranking)
    return tuple(_reasons(row, hit, ranking, fits)), tuple(against)


def _facts_of(hit: Hit, ranking: Ranking) -> tuple[list[str], list[str]]:
    """(what the question and the conditions say alike, where they part), for people."""
    fits, against = [], []
    plain = ranking.facts.plain
    for dimension, asked in ranking.facts.by_dimension.items():
        held, excluded = values_in(hit.values[FITS], dimension), values_in(hit.values[UNFITS], dimension)
        question = lexicon().questions[dimension]
        if held & asked:
            fits += sorted(held & asked)
        elif dimension not in plain:
            continue
        elif excluded & asked:
            against.append(
                gettext("{question}：问的是“{names}”，这件写明不适用").format(
                    question=question, names="、".join(sorted(excluded & asked))
                )
            )
        elif held:
            against.append(
                gettext("{question}：问的是“{names}”，这件是“{names2}”").format(
                    question=question, names="、".join(sorted(asked)), names2="、".join(sorted(held))
                )
            )
    return fits, against


def _reasons(row: ResultRow, hit: Hit, ranking: Ranking, fits: Sequence[str]):
    words = dict.fromkeys(text for parts in (row.title, row.gist, row.snippet) for text, is_match in parts if is_match)
    if words:
        yield gettext("写到了{names}").format(names="、".join(f"“{word}”" for word in list(words)[:_MOST_WORDS]))
    elif hit.words:
        yield gettext("字词相近")
    if ranking.boosts is not None and hit.boost >= weights.CLOSENESS * weights.CLOSE_ENOUGH:
        yield gettext("说的是差不多的事") if hit.words else gettext("字词不同，但说的是差不多的事")
    if fits:
        yield gettext("条件相符：{names}").format(names="、".join(fits))
    if kinds := [trait for trait in ranking.traits if trait in hit.values.get(TRAITS, ())]:
        yield gettext("属于{names}一类").format(names="、".join(f"“{trait}”" for trait in kinds))
    if row.place is not None and row.place.near in (Near.OWN, Near.ABOVE):
        yield gettext("本地适用，排前一点")
    if row.reuse_count:
        yield gettext("照着办成过 {reuse_count} 次，排前一点").format(reuse_count=row.reuse_count)
    if failed := next((count for count in hit.values.get(FAILS, ()) if count != "0"), ""):
        yield gettext("{failed} 个{value}部门照办未成，排后一点").format(
            failed=failed, value="以上" if failed == str(MOST_FAILS) else ""
        )
    if PrecedentStatus.NEEDS_REVERIFICATION.value in hit.values[STATUS]:
        yield gettext("有待核的地方，排后一点")
