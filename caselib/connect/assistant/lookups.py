"""Which document and which article somebody means: by code, number or name, and never by a guess between two."""

from collections.abc import Sequence

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.text import article_refs, document_numbers, normalise
from caselib.policies.known import policy_table
from caselib.policies.models import Policy
from caselib.policies.on_a_day import ClauseOnDay
from caselib.policies.texts.names import plain_name

from .faults import BAD_ARGUMENT, NOT_FOUND

AMBIGUOUS = "ambiguous"
_NAMED = 5


def policy_meant(typed: str) -> Policy:
    """The one document that is meant. 2 to 5 queries.

    Raises RuleBroken (field `policy`): not_found, or ambiguous naming the documents to choose from.
    """
    found = _by_code(typed) or _by_number(typed) or _by_name(typed)
    if not found:
        raise RuleBroken(
            gettext("库里没有收这个文件，或者写法对不上。写完整的标题或文号再查，例如“国办发〔2022〕5号”。"),
            code=NOT_FOUND,
            field="policy",
        )
    if len(found) > 1:
        named = "；".join(f"《{policy.title}》{policy.doc_number}（{policy.code}）" for policy in found[:_NAMED])
        raise RuleBroken(
            gettext("有 {count} 个文件都叫这个，写文号或代码再查：{named}。").format(count=len(found), named=named),
            code=AMBIGUOUS,
            field="policy",
        )
    return found[0]


def _by_code(typed: str) -> list[Policy]:
    return list(Policy.objects.filter(code=typed)[:1]) if typed.isascii() and len(typed) <= 12 else []


def _by_number(typed: str) -> list[Policy]:
    numbers = document_numbers(typed)
    return list(Policy.objects.filter(number_key__in=numbers).order_by("pk")[: _NAMED + 1]) if numbers else []


def _by_name(typed: str) -> list[Policy]:
    name = plain_name(typed)
    table = policy_table()
    codes = table.names.get(name, ())
    if not codes and len(name) > 3:
        # What stands in a longer title as it was typed.
        codes = tuple(code for code, title in table.titles.items() if name in plain_name(title))
    return list(Policy.objects.filter(code__in=codes[: _NAMED + 1]).order_by("pk"))


def article_meant(typed: str) -> str:
    """The article in normal form (33, 33/2, 33/2/3, 33-2), or empty where none can be read from what was typed."""
    text = normalise(typed).strip()
    refs = article_refs(text)
    if len(refs) > 1:
        raise RuleBroken(gettext("一次只问一条。分开再查。"), code=BAD_ARGUMENT, field="article")
    if refs:
        return refs[0]
    plain = text.replace("／", "/")
    return plain if plain and all(part.replace("-", "").isdigit() for part in plain.split("/")) else ""


def clauses_meant(clauses: Sequence[ClauseOnDay], typed: str) -> tuple[ClauseOnDay, ...]:
    """The clauses of a text that an article means: itself, else what stands in it, else the one that it stands in.

    Documents without articles are asked by the label of the clause. Raises RuleBroken (bad_argument) for several articles.
    """
    ref = article_meant(typed)
    if not ref:
        label = normalise(typed).strip()
        return tuple(each for each in clauses if label and normalise(each.clause.label).strip() == label)
    exact = tuple(each for each in clauses if each.clause.ref == ref)
    within = tuple(each for each in clauses if each.clause.ref.startswith(f"{ref}/"))
    if exact or within:
        return exact or within
    above = ref
    while "/" in above:
        above = above.rpartition("/")[0]
        if found := tuple(each for each in clauses if each.clause.ref == above):
            return found
    return ()
