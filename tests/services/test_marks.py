import pytest
from django.db import transaction

from caselib.core import marks
from caselib.core.marks import listen, mark_dirty, mark_done, mark_failed, pending
from caselib.core.models import DirtyMark

TOPIC = "test-topic"


@pytest.fixture
def notified(monkeypatch):
    """Counts how often the listener of the topic was called."""
    monkeypatch.setattr(marks, "_listeners", {})
    calls: list[int] = []
    listen(TOPIC, lambda: calls.append(1))
    return calls


def waiting() -> dict[int, int]:
    """{object_id: wanted} of what is pending."""
    return dict(pending(TOPIC).values_list("object_id", "wanted"))


@pytest.mark.django_db
def test_same_object_marked_twice_is_one_mark_that_wants_two():
    mark_dirty(TOPIC, [7])
    mark_dirty(TOPIC, [7, 8])

    assert waiting() == {7: 2, 8: 1}


@pytest.mark.django_db
def test_object_named_twice_in_one_call_stays_one_mark():
    mark_dirty(TOPIC, [7, 7])

    assert list(waiting()) == [7]


@pytest.mark.django_db
def test_mark_that_was_raised_during_the_work_stays_pending():
    mark_dirty(TOPIC, [7])
    seen = waiting()
    mark_dirty(TOPIC, [7])
    mark_done(TOPIC, seen)

    assert waiting() == {7: 2}
    mark_done(TOPIC, waiting())
    assert waiting() == {}


@pytest.mark.django_db
def test_late_report_of_old_work_does_not_take_newer_work_back():
    mark_dirty(TOPIC, [7])
    mark_dirty(TOPIC, [7])
    mark_done(TOPIC, {7: 2})
    mark_done(TOPIC, {7: 1})

    assert waiting() == {}


@pytest.mark.django_db
def test_failure_keeps_the_mark_with_its_reason_and_success_clears_it():
    mark_dirty(TOPIC, [7])
    mark_failed(TOPIC, [7], "磁盘满了" * 200)

    mark = DirtyMark.objects.get(topic=TOPIC)
    assert (mark.attempts, len(mark.last_error)) == (1, 500)
    assert waiting() == {7: 1}
    mark_done(TOPIC, {7: 1})
    mark.refresh_from_db()
    assert (mark.attempts, mark.last_error) == (0, "")


@pytest.mark.django_db
def test_topics_do_not_mix():
    mark_dirty(TOPIC, [7])
    mark_dirty("other", [7])
    mark_done("other", {7: 1})

    assert waiting() == {7: 1}


@pytest.mark.django_db
def test_thousands_are_marked_and_done_in_batches(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        mark_dirty(TOPIC, list(range(1200)))
    assert len(waiting()) == 1200
    with django_assert_max_num_queries(4):
        mark_done(TOPIC, dict.fromkeys(range(1200), 1))
    assert waiting() == {}


@pytest.mark.django_db(transaction=True)
def test_listener_hears_of_a_commit_and_not_of_a_rollback(notified):
    with transaction.atomic():
        mark_dirty(TOPIC, [7])
        assert notified == []
    assert notified == [1]

    with pytest.raises(RuntimeError), transaction.atomic():
        mark_dirty(TOPIC, [8])
        raise RuntimeError("taken back")
    assert notified == [1]
    assert waiting() == {7: 1}
