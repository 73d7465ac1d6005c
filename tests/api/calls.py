"""A connected system that calls, as tests write it down."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client as Http

from caselib.connect.clients.models import Client, Deed
from caselib.orgs.models import Department
from tests import factories

ROOT = "/api/v1/"


@dataclass
class System:
    client: Client
    secret: str

    def get(self, path: str, asked: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return Http().get(ROOT + path, asked, headers={"Authorization": f"Bearer {self.secret}", **headers})

    def post(self, path: str, told: Any, *, content_type: str = "application/json", **headers: str) -> HttpResponse:
        body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {self.secret}", **headers}
        return Http().post(ROOT + path, body, content_type=content_type, headers=headers)

    def reuse(self, code: str, outcome: str = "worked", *, key: str = "key-00001", **told: Any) -> HttpResponse:
        path = f"precedents/{code}/reuse"
        return self.post(path, {"outcome": outcome, **told}, **{"Idempotency-Key": key})


def system(*deeds: Deed, within: Department | None = None, **values: Any) -> System:
    return System(*factories.system(*deeds, within=within, **values))


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer is; says what it is instead."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), response.content
    told = response.json()
    assert told["code"] == code, told
    assert told["status"] == status
    assert told["type"] == f"/api/v1/docs/#{code}"
    assert told["title"]
    assert told["detail"].endswith("。")
    return told
