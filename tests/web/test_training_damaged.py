"""A question whose row was damaged opens no page on an error, counts for nobody and loses no attempt."""

import json

import pytest
from django.db import connection
from django.test import Client

from caselib.orgs.models import Role
from caselib.training.models import Attempt, QuestionText
from tests import factories
from tests import training_rows as rows

pytestmark = pytest.mark.django_db
DAMAGED = (
    None,
    [],
    7,
    "",
    {},
    {"options": []},
    {"options": None, "right": None, "items": {}, "left": 3, "pairs": [], "points": "x", "sample": [], "marking": {}},
    {"options": [1, None, {"text": "没有键"}, {"key": "a"}, {"key": ["b"], "text": "键不是字"}], "right": {"a": 1}},
    {"options": [{"key": "a", "text": 1, "why": []}, {"key": "b", "text": "两个", "precedent": {}}], "right": ["b", 3]},
    {**rows.SINGLE, "right": []},
    {**rows.SINGLE, "right": ["没有"]},
    {"items": [{"key": "a", "text": "只有一步"}]},
    {"items": [{"text": "一"}, {"text": "二"}, {"text": "三"}]},
    {"left": [{"key": "a", "text": "左"}], "right": ["a"], "pairs": {"a": "a"}},
    {**rows.MATCH, "pairs": {"a": "z", "b": ["a"]}},
    {**rows.MATCH, "pairs": {}},
    {"points": [{"key": "a"}], "marking": "trainer"},
    {"points": [], "sample": None, "marking": "self"},
)
KINDS = ("single", "multiple", "which", "order", "match", "short")
GOOD = {"order": rows.ORDER, "match": rows.MATCH, "short": rows.SHORT}


class Room:
    """A published pack of one lesson with a sound question of each kind and one more, answered by a learner."""

    def __init__(self) -> None:
        self.home = factories.department()
        self.pack = rows.pack(owner=self.home)
        self.precedent = rows.shelved(owner=self.home)
        self.lesson = rows.case(rows.open_version(self.pack), self.precedent)
        self.questions = [
            rows.question(kind, GOOD.get(kind, rows.SINGLE), precedent=self.precedent, owner=self.home)
            for kind in KINDS
        ]
        self.trainer_marks = rows.question(
            "short", {**rows.SHORT, "marking": "trainer"}, precedent=self.precedent, owner=self.home
        )
        rows.asked(self.lesson, *self.questions, self.trainer_marks)
        rows.publish(self.pack)
        self.learner = factories.user(Role.WINDOW, within=self.home)
        self.trainer = factories.user(Role.TRAINER, within=self.home)
        self.enrolment = rows.enrolled(self.pack, self.learner)
        self.attempt = rows.answered(self.enrolment, self.lesson, 0, 0, 0, 0, 0, None, None)
        for each in self.questions:
            rows.review_card(self.learner, each)

    def damage(self, body: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {QuestionText._meta.db_table} SET body = %s", [json.dumps(body)])

    def pages(self) -> dict[str, tuple[str, ...]]:
        pack, lesson = self.pack.code, f"{self.pack.code}/{self.lesson.key}"
        bank = tuple(f"bank/{each.code}/" for each in self.questions)
        of_both = ("", f"p/{pack}/", f"p/{lesson}/", "again/")
        return {
            "learner": (*of_both, f"a/{self.attempt.code}/"),
            "trainer": (
                *of_both,
                *bank,
                *(f"bank/{path}" for path in ("", "?q=您定", f"from/{self.precedent.code}/")),
                *(f"make/{path}" for path in ("", f"{pack}/", f"{pack}/l/{self.lesson.key}/", f"new/?from={pack}")),
                *(f"check/{path}" for path in ("", "changes/", f"{pack}/", f"{pack}/versions/", f"{pack}/versions/1/")),
                *(f"people/{path}" for path in ("", "marking/", f"{pack}/", f"{pack}/hard/")),
                f"people/learner/{self.enrolment.code}/",
                *(f"out/{pack}/{path}" for path in ("", "print/?answers=1")),
                f"scorm/{pack}/",
                *(f"map/{path}" for path in ("", "?of=hard")),
            ),
        }

    def opened(self) -> dict[str, int]:
        """The status of each page, by its address."""
        found = {}
        for name, addresses in self.pages().items():
            client = Client(raise_request_exception=False)
            client.force_login(getattr(self, name))
            found |= {f"{name} {each}": client.get(f"/training/{each}").status_code for each in addresses}
        return found


def test_pages_of_damaged_questions_open():
    room = Room()
    assert {at: code for at, code in room.opened().items() if code != 200} == {}
    wrong = {}
    for body in DAMAGED:
        room.damage(body)
        wrong |= {(str(body)[:60], at): code for at, code in room.opened().items() if code != 200}
    assert wrong == {}
