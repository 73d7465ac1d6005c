"""Puts two texts into the review of the site of a browser test: a first one, and a change with clues about a person.

Run by tests/browser/test_reviewing.py in the environment of that site. Prints their codes, the first one first.
"""

import dataclasses
import json
import os
import sys

import django


def main() -> list[str]:
    from caselib.orgs.models import User
    from caselib.precedents.content import content_of
    from caselib.precedents.models import OPEN_STATES, Kind, Precedent
    from caselib.precedents.services import precedent_create, revision_save, revision_start, revision_submit
    from tests.services.texts_in_review import CLUES

    author = User.objects.get(username="editor")
    found = Precedent.objects.findable().filter(kind=Kind.PRECEDENT, owner_department__code="D03").order_by("pk")
    found = found.exclude(revisions__state__in=OPEN_STATES)
    model, changed = found[0], found[1]
    copy = dataclasses.replace(content_of(model.live_revision), title="预约系统停了，当天改取纸号办结")
    first = precedent_create(copy, owner_department=model.owner_department, author=author)
    second = revision_start(changed, author=author)
    content = content_of(second)
    content = dataclasses.replace(
        content, gist=f"先核一遍。{content.gist[:100]}", problem=f"{content.problem}\n{CLUES}"
    )
    revision_save(second, content, lock_version=second.lock_version, editor=author, change_note="规定改了")
    for revision in (first, second):
        revision_submit(revision, lock_version=revision.lock_version, actor=author)
    return [first.precedent.code, changed.code]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    django.setup()
    sys.stdout.write(json.dumps(main()))
