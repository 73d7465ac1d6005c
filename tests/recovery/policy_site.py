"""A site of its own with policies, whose index writer is killed at its operations on files. Prints JSON.

Run by tests/recovery/test_policies_killed.py in a process of its own: see tests/recovery/index_site.py.
"""

import json
import os
import signal
import sys

import django

from tests.tables import tables_made

from .index_site import in_child, killed_at


def _set_up() -> None:
    django.setup()
    from caselib.orgs.services import region_save
    from caselib.search.outbox import rebuild
    from caselib.search.policies import keeping

    tables_made()
    region_save(full_name="国家", name="国家", parent=None, code="", actor=None)
    for number in range(8):
        add(f"歇业备案第{number}条例")
    rebuild()
    keeping.rebuild()


def add(title: str) -> None:
    from caselib.orgs.models import Region
    from caselib.policies.models import Level
    from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add

    policy = policy_create(PolicyFacts(title=title, level=Level.LAW, region=Region.objects.get()), actor=None)
    clauses = [ClauseFacts(label=f"第{number}条", ref=str(number), gist="可以歇业。") for number in range(1, 4)]
    policy_version_add(policy, VersionFacts(label="2021"), clauses=clauses, actor=None)


def change(number: int) -> None:
    """A policy comes, a clause comes, one is repealed, as on a working day."""
    from caselib.policies.models import Policy, PolicyStatus
    from caselib.policies.services import ClauseFacts, clause_add
    from caselib.policies.standing import StatusFacts, status_fact_confirm

    add(f"新来的第{number}条例")
    policies = Policy.objects.order_by("pk")
    clause_add(policies[number % 5].versions.get(), ClauseFacts(label=f"附{number}", gist="另加的。"), actor=None)
    repealed = policies.filter(status=PolicyStatus.UNKNOWN).last()
    status_fact_confirm(repealed, StatusFacts(status=PolicyStatus.REPEALED), actor=None)


def kill_everywhere(name: str, step: str) -> dict[str, object]:
    """Kills the writer at every `step`-th operation until it gets through; what was wrong after each kill."""
    from caselib.search.live import policy_engine
    from caselib.search.policies import keeping
    from caselib.search.policies.selectors import policies_for_page
    from caselib.search.scopes import library_scope

    work = {"drain": keeping.drain, "rebuild": keeping.rebuild}[name]
    folder = str(policy_engine().store.root)
    wrong: list[str] = []
    kills, status = 0, 1
    for nth in range(1, 400, int(step)):
        change(nth)
        status = in_child(lambda nth=nth: killed_at(nth, work, folder=folder))()
        found = policies_for_page(scope=library_scope(), text="歇业备案")
        if not found.from_index or not found.rows:
            wrong.append(f"search after kill {nth}: {found.notes}")
        keeping.drain()
        if (left := keeping.drift()).count:
            wrong.append(f"drift after kill {nth}: {left}")
        if status == 0:
            break
        if status != -signal.SIGKILL:
            wrong.append(f"exit {status} at {nth}")
        kills += 1
    return {"kills": kills, "wrong": wrong, "got_through": status == 0}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    _set_up()
    sys.stdout.write(json.dumps(kill_everywhere(*sys.argv[1:]), ensure_ascii=False))
