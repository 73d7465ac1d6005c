"""Eight people do the same to one precedent in the same moment: one deed is done, the others are told or find it done."""

import pytest

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.attaching import MOST, attachment_add
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Attachment, Doubt, Precedent, PrivacyOverride
from caselib.precedents.overrides import override_ask, override_decide
from caselib.precedents.rescan import scan
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.withholding import precedent_restore_view, precedent_withhold
from tests import factories
from tests.services.clean_house import PHONE, PNG, Home, gate, hit_of

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["gate", "shared_database"]


@pytest.fixture
def made(shared_database) -> Home:
    owner = factories.department()
    return Home(owner, factories.published(owner=owner))


def again(made: Home) -> Precedent:
    return Precedent.objects.get(pk=made.precedent.pk)


def test_of_eight_who_decide_a_claim_one_does(made):
    author = made.person(Role.EDITOR)
    made.draft(editor=author, script=PHONE)
    pk = override_ask(made.precedent, hit_of(made), claim="公布的", actor=author).pk
    people = [made.person(Role.REVIEWER) for _ in range(THREADS)]

    def decide(number: int) -> None:
        override = PrivacyOverride.objects.select_related("precedent").get(pk=pk)
        override_decide(override, allow=bool(number % 2), reason=f"第 {number} 个", by=people[number])

    assert all_at_once(decide) == {"won": 1, "StaleState": THREADS - 1}
    assert AuditEvent.objects.filter(action="precedent.override_decided").count() == 1


def test_eight_who_claim_the_same_make_one_claim(made):
    people = [made.person(Role.EDITOR) for _ in range(THREADS)]
    made.draft(editor=people[0], script=PHONE)
    hit = hit_of(made)

    def ask(number: int) -> None:
        override_ask(again(made), hit, claim="公布的", actor=people[number])

    assert all_at_once(ask) == {"won": THREADS}
    assert PrivacyOverride.objects.count() == 1


def test_of_eight_who_take_it_off_view_one_does_and_none_is_refused(made):
    people = [made.person(Role.EDITOR) for _ in range(THREADS)]

    def withhold(number: int) -> None:
        precedent_withhold(again(made), reason=f"第 {number} 个", actor=people[number])

    assert all_at_once(withhold) == {"won": THREADS}
    assert AuditEvent.objects.filter(action="precedent.withheld").count() == 1
    assert not list(broken_events())


def test_taken_off_view_while_others_put_it_out_of_use_it_is_never_left_readable_by_a_lost_write(made):
    people = [made.person(Role.REVIEWER) for _ in range(THREADS)]

    def deed(number: int) -> None:
        if number % 2:
            precedent_retire(again(made), reason="过时", actor=people[number])
        else:
            precedent_withhold(again(made), reason="手机号", actor=people[number])

    all_at_once(deed)
    assert again(made).status == PrecedentStatus.WITHHELD


def test_of_eight_who_bring_it_back_one_does(made):
    precedent_withhold(made.precedent, reason="看错", actor=made.person(Role.EDITOR))
    people = [made.person(Role.REVIEWER) for _ in range(THREADS)]

    def restore(number: int) -> None:
        precedent_restore_view(again(made), reason="核对过", actor=people[number])

    assert all_at_once(restore) == {"won": 1, "StaleState": THREADS - 1}


def test_eight_uploads_at_the_edge_do_not_pass_it_and_the_same_file_is_kept_once(made, gate):
    editor = made.person(Role.EDITOR)
    for number in range(MOST - 2):
        attachment_add(made.precedent, PNG + bytes([number]), "a.png", actor=editor)
    outcome = all_at_once(lambda n: attachment_add(again(made), PNG + bytes([100 + n]), "b.png", actor=editor))
    assert outcome == {"won": 2, "RuleBroken": THREADS - 2}
    assert Attachment.objects.count() == MOST
    assert all_at_once(lambda n: attachment_add(again(made), PNG + b"\x00", "c.png", actor=editor)) == {"won": THREADS}
    assert Attachment.objects.count() == MOST


def test_eight_scans_at_once_open_one_task(made):
    made.precedent.live_revision.script = PHONE
    made.precedent.live_revision.save()
    assert all_at_once(lambda n: scan(now=clock.now())) == {"won": THREADS}
    assert Doubt.objects.count() == 1
