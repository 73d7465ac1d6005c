"""A small site of its own in a temporary folder, for a server that runs in a process of its own. Prints JSON.

Run by tests/connect/test_mcp_over_stdio.py: `make`, `close USERNAME`, `take_role USERNAME`.
"""

import json
import sys

import django

from tests.tables import tables_made


def make() -> dict[str, str]:
    from caselib.orgs.models import Role
    from caselib.precedents.withholding import precedent_withhold
    from caselib.search.outbox import rebuild
    from tests import factories

    tables_made()
    owner = factories.department()
    clause = factories.clause(33, title="市场主体登记管理条例")
    for role in Role:
        factories.user(role, within=owner, username=role.value)
    factories.user(Role.WINDOW, username="stranger")
    cited = (factories.citation(clause),)
    made = {
        "open": factories.published(owner=owner, title="前租户未注销致新商户办不了执照 qzopen", citations=cited),
        "own": factories.published(
            owner=owner, title="前租户未注销内部口径 qzown", audience="department", citations=cited
        ),
        "withheld": factories.published(owner=owner, title="前租户未注销已下架 qzwithheld", citations=cited),
    }
    precedent_withhold(made["withheld"], reason="有人的手机号", actor=factories.user(Role.EDITOR, within=owner))
    rebuild()
    return {name: precedent.number for name, precedent in made.items()}


def close(username: str) -> dict[str, int]:
    from caselib.orgs.models import User

    return {"closed": User.objects.filter(username=username).update(is_active=False)}


def take_role(username: str) -> dict[str, int]:
    from caselib.orgs.models import Membership

    return {"taken": Membership.objects.filter(user__username=username).delete()[0]}


if __name__ == "__main__":
    django.setup()
    work = {"make": make, "close": close, "take_role": take_role}[sys.argv[1]]
    sys.stdout.write(json.dumps(work(*sys.argv[2:])))
