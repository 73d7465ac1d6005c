"""One call for each operation, as the page and docs/api.md show it; the tests of both make these calls."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Example:
    """`path`: behind /api/v1/, with {code} where a code of the library stands; `told`: the body of a call that writes."""

    path: str
    asked: dict[str, str] = field(default_factory=dict)
    told: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def curl(self, site: str) -> str:
        """The call as one types it on a command line, with the token in a variable. `site`: ends with a slash."""
        address = f"{site}api/v1/{quote(self.path, safe='/{}')}" + (f"?{urlencode(self.asked)}" if self.asked else "")
        lines = ['curl -H "Authorization: Bearer $TOKEN"']
        lines += [f'-H "{name}: {value}"' for name, value in self.headers.items()]
        if self.told is not None:
            lines.append('-H "Content-Type: application/json"')
            lines.append(f"-d '{json.dumps(self.told, ensure_ascii=False)}'")
        return " \\\n  ".join([*lines, f'"{address}"'])


EXAMPLES: dict[str, Example] = {
    "search": Example("search", {"q": "前租户没注销", "per_page": "5"}),
    "suggest": Example("suggest", {"q": "yyzz"}),
    "precedent": Example("precedents/{code}"),
    "policies": Example("policies", {"q": "登记管理条例"}),
    "policy": Example("policies/{code}"),
    "clauses_on": Example("policies/{code}/clauses", {"article": "第三十三条", "on": "2026-07-01"}),
    "clause": Example("clauses/{code}", {"on": "2026-07-01"}),
    "matters": Example("matters", {"q": "设立"}),
    "matter": Example("matters/{code}"),
    "ticket_in": Example(
        "tickets",
        told={
            "source_system": "综窗平台",
            "source_number": "ZC-2026-000123",
            "text": "群众要办执照，前租户没注销，受理不了。",
        },
    ),
    "reuse": Example(
        "precedents/{code}/reuse",
        told={"outcome": "worked", "case_number": "ZC26000123"},
        headers={"Idempotency-Key": "zc-2026-000123-1"},
    ),
    "gap": Example("gaps", told={"question": "宠物医院兼卖药，要几张证"}),
    "embed_ticket": Example("embed-tickets", told={"matter": ""}),
}
