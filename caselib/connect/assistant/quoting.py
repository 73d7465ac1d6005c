"""A precedent as an assistant may quote it: its published words through the gate of privacy, with number, version and signal."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from caselib.exchange.export import LINES, Export, Leaving, leaving
from caselib.exchange.selection import Selected
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import CitationSpec
from caselib.precedents.privacy import outgoing_text

NOTICE = "案例不是依据，仅供办理参考；以现行政策原文为准。"
# Characters of one quoted text, and entries of one list. What is left out is said, with the link to all of it.
LONGEST = 2_000
SHORT = 300
MOST_ENTRIES = 20
CUT = "〔后面还有，看链接里的全文〕"


def leaving_of(keys: Sequence[int], scope: ViewerScope, *, on: dt.date) -> dict[int, Leaving]:
    """The published precedents with these keys that this viewer may see now, by key. A dozen queries."""
    export = Export(LINES, Selected(tuple(keys), ""), scope, on)
    return {each.precedent.pk: each for each in leaving(export)}


def address_of(name: str, *args: object, query: str = "") -> str:
    """A whole address where the site says its own, else the path."""
    return f"{settings.CASELIB_SITE_URL}{reverse(name, args=args)}{query}"


def quoted(text: str, longest: int = LONGEST) -> str:
    """A text as it is written, cut where it is too long to be read in one answer."""
    return text if len(text) <= longest else text[:longest] + CUT


def entries(values: Sequence[Any]) -> list[Any]:
    return list(values[:MOST_ENTRIES])


def head_of(each: Leaving) -> dict[str, Any]:
    """What every answer says of a precedent: which one, which text of it, whether it may be followed, and why not."""
    return {
        "number": each.precedent.number or "",
        "code": each.precedent.code,
        "version": each.version,
        "kind": each.precedent.get_kind_display(),
        "title": quoted(each.content.title),
        "signal": each.signal,
        # An open point is a sentence that somebody typed.
        "reasons": [outgoing_text(reason, decided={}) for reason in entries(each.reasons)],
        "link": address_of("pages:precedent", each.precedent.code),
    }


def line_of(each: Leaving) -> dict[str, Any]:
    """A precedent in a list: the head, the gist and the sentence to say."""
    content = each.content
    return head_of(each) | {
        "gist": quoted(content.gist),
        "script": quoted(content.script, SHORT),
        "who_can_decide": quoted(content.who_can_decide, SHORT),
        "basis": [f"{basis.text}（{basis.validity}）" for basis in each.basis[:MOST_ENTRIES]],
    }


def whole_of(each: Leaving) -> dict[str, Any]:
    """All of a precedent that answers at the counter, quoted."""
    content = each.content
    return head_of(each) | {
        "tier": each.precedent.get_tier_display(),
        "department": str(each.precedent.owner_department),
        "gist": quoted(content.gist),
        "script": quoted(content.script),
        "problem": quoted(content.problem),
        "resolution": quoted(content.resolution),
        "applies_when": [quoted(text, SHORT) for text in entries(content.applies_when)],
        "not_when": [quoted(text, SHORT) for text in entries(content.not_when)],
        "steps": [_step(step) for step in entries(content.handling_steps)],
        "materials": [_material(material) for material in entries(content.materials)],
        "who_can_decide": quoted(content.who_can_decide, SHORT),
        "lead_org": quoted(content.lead_org, SHORT),
        "lasting_rule": quoted(content.lasting_rule),
        "unverified": entries(content.unverified),
        "citations": [
            _citation(spec, basis)
            for spec, basis in zip(content.citations[:MOST_ENTRIES], each.basis[:MOST_ENTRIES], strict=True)
        ],
        "uses": {"recorded": each.uses, "worked": each.worked},
    }


def _step(step: Any) -> dict[str, Any]:
    return {"what": quoted(step.what, SHORT), "who": quoted(step.who, SHORT), "day": step.day}


def _material(material: Any) -> dict[str, Any]:
    return {
        "name": quoted(material.name, SHORT),
        "required": material.required,
        "deferrable": material.deferrable,
        "correct_sample": quoted(material.correct_sample, SHORT),
        "common_mistake": quoted(material.common_mistake, SHORT),
    }


def _citation(spec: CitationSpec, basis: Any) -> dict[str, Any]:
    clause = spec.clause
    return {
        "relation": basis.relation,
        "cited": basis.text,
        "validity": basis.validity,
        "text": quoted(clause.text, SHORT) if clause else "",
        "paraphrase": quoted(clause.gist, SHORT) if clause and not clause.text else "",
        "note": quoted(spec.note, SHORT),
        "link": address_of("pages:policy", spec.version.policy.code, query=f"?v={spec.version.position + 1}"),
    }
