"""A question whose row was damaged opens no page on an error, counts for nobody and loses no attempt."""

import itertools
import json

import pytest
from django.db import connection
from django.test import Client

from caselib.orgs.models import Role
from caselib.training.choices import AttemptState
from caselib.training.learning.attempts import attempt_submit
from caselib.training.learning.marking import response_mark
from caselib.training.models import Attempt, Response
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
    """A published pack whose lesson asks a sound question and one for each of the bodies, sound when a learner answered them."""

    def __init__(self) -> None:
        home = factories.department()
        self.pack = rows.pack(owner=home)
        self.precedent = rows.shelved(owner=home)
        self.lesson = rows.case(rows.open_version(self.pack), self.precedent)
        self.sound = rows.question(precedent=self.precedent)
        made = [
            (rows.question(kind, GOOD.get(kind, rows.SINGLE), precedent=self.precedent), body)
            for kind, body in zip(itertools.cycle(KINDS), DAMAGED, strict=False)
        ]
        self.damaged = dict(made)
        rows.asked(self.lesson, self.sound, *self.damaged)
        rows.publish(self.pack)
        self.learner, self.trainer = (factories.user(role, within=home) for role in (Role.WINDOW, Role.TRAINER))
        self.enrolment = rows.enrolled(self.pack, self.learner)
        scores = [None if each.latest.kind == "short" else 0 for each in (self.sound, *self.damaged)]
        self.attempt = rows.answered(self.enrolment, self.lesson, *scores)
        for each in self.damaged:
            rows.review_card(self.learner, each)

    def damage(self) -> None:
        """As from outside: no service stores such a row."""
        with connection.cursor() as cursor:
            sql = "UPDATE training_questiontext SET body = %s WHERE question_id = %s"
            cursor.executemany(sql, [(json.dumps(body), each.pk) for each, body in self.damaged.items()])

    def pages(self) -> dict[str, tuple[str, ...]]:
        pack, lesson = self.pack.code, f"{self.pack.code}/{self.lesson.key}"
        bank = tuple(f"bank/{each.code}/" for each in self.damaged)
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
    room.damage()
    assert {at: code for at, code in room.opened().items() if code != 200} == {}


def test_a_learner_who_was_answering_hands_in_what_is_sound():
    room = Room()
    learner = factories.user(Role.WINDOW, within=room.pack.owner_department)
    stamped = rows.sent(room.lesson, learner, {room.sound: rows.RIGHT, **dict.fromkeys(room.damaged, rows.RIGHT)})
    room.damage()
    made = attempt_submit(stamped, **rows.within(room.lesson, learner), anyway=True)
    made.refresh_from_db()
    assert (made.state, made.score) == (AttemptState.MARKED, 100)
    kept = Response.objects.filter(attempt=made)
    assert set(kept.exclude(score=None).values_list("text__question", flat=True)) == {room.sound.pk}


def test_an_answer_that_waits_to_be_marked_costs_nothing_once_its_question_is_damaged():
    room = Room()
    room.damage()
    for response in room.attempt.responses.filter(marked_at=None):
        response_mark(response, met=["a"], by=room.trainer)
    attempt = Attempt.objects.get(pk=room.attempt.pk)
    assert attempt.state == AttemptState.MARKED
    assert not attempt.responses.filter(text__kind="short").exclude(score=None).exists()


def test_who_mends_a_damaged_question_finds_what_can_be_read():
    trainer = factories.user(Role.TRAINER)
    home = trainer.memberships.get().department
    half = rows.question(body={"options": [*rows.SINGLE["options"], {"text": 1}], "right": ["没有"]}, owner=home)
    client = Client()
    client.force_login(trainer)
    drawn = client.get(f"/training/bank/{half.code}/").content.decode()
    assert all(option["text"] in drawn for option in rows.SINGLE["options"])
