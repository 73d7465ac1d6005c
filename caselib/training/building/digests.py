"""What a form was drawn from, in a few characters: two people who change different things of a pack do not meet."""

import hashlib
import json
from typing import Any

from ..models import Lesson, PackVersion

_LENGTH = 20


def facts_digest(version: PackVersion) -> str:
    """Of what a version says of itself, and of who sees the pack. Needs `pack` loaded."""
    names = ("title", "goal", "intro", "readers", "pass_mark", "most_attempts", "wait_minutes", "answers_shown")
    return _digest([*(getattr(version, name) for name in names), version.pack.audience])


def lesson_digest(lesson: Lesson) -> str:
    """Of what somebody writes in a lesson."""
    return _digest([lesson.title, lesson.note, lesson.minutes, lesson.hides])


def _digest(values: list[Any]) -> str:
    written = json.dumps([str(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:_LENGTH]
