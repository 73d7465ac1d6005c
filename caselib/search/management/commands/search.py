import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.search.policies.rows import PolicyRow
from caselib.search.policies.selectors import policies_for_page
from caselib.search.scopes import library_scope
from caselib.search.selectors import ResultRow, results_for_page


class Command(BaseCommand):
    help = "查案例，或用 --policies 查政策：与检索结果页同一条路径。不写 --as 时按只看全库可见内容的窗口人员查。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", metavar="QUERY", help="要查的话")
        parser.add_argument("--policies", action="store_true", help="查政策和条款，不查案例")
        parser.add_argument("--as", dest="user", default="", help="以哪个账号的权限查")
        parser.add_argument("--limit", type=int, default=10, help="最多几条，默认 10")
        parser.add_argument("--json", action="store_true", help="每条一行 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit 至少是 1。")
        if options["policies"]:
            self._policies(options["query"], options["user"], limit=options["limit"], as_json=options["json"])
            return
        found = results_for_page(scope=_scope(options["user"]), text=options["query"], per_page=options["limit"])
        for note in found.notes:
            self.stderr.write(note)
        for row in found.rows:
            entry = _entry(row)
            if options["json"]:
                self.stdout.write(json.dumps(entry, ensure_ascii=False))
            else:
                number = entry["number"] or "-"
                self.stdout.write(f"{entry['score']:8.3f}  {number}  {entry['external_id'] or '-'}  {entry['title']}")
                self.stdout.write(f"          {entry['snippet']}")
        if not options["json"]:
            self.stdout.write(f"共 {found.total} 件" if found.rows else "没有找到。")

    def _policies(self, query: str, user: str, *, limit: int, as_json: bool) -> None:
        found = policies_for_page(scope=_scope(user), text=query, per_page=limit)
        for note in found.notes:
            self.stderr.write(note)
        for row in found.rows:
            entry = _policy_entry(row)
            if as_json:
                self.stdout.write(json.dumps(entry, ensure_ascii=False))
                continue
            self.stdout.write(f"{entry['score']:8.3f}  {entry['number'] or '-'}  {entry['title']}  {entry['validity']}")
            for clause in entry["clauses"]:
                self.stdout.write(f"          {clause['label']}（{clause['version']}） {clause['snippet']}")
        if not as_json:
            self.stdout.write(f"共 {found.page.total} 部" if found.rows else "没有找到。")


def _scope(username: str) -> ViewerScope:
    if not username:
        return library_scope()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"没有账号“{username}”。")
    return scope_of(user)


def _entry(row: ResultRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "external_id": row.external_id,
        "title": row.plain_title,
        "score": round(row.score, 4),
        "snippet": "".join(text for text, _ in row.snippet),
    }


def _policy_entry(row: PolicyRow) -> dict[str, Any]:
    return {
        "number": row.policy.doc_number,
        "external_id": row.policy.external_id or "",
        "title": row.policy.title,
        "validity": row.validity.label if row.validity else "",
        "relying": row.relying,
        "score": round(row.score, 4),
        "clauses": [
            {
                "label": hit.clause.label,
                "version": hit.version.label,
                "code": hit.clause.code,
                "snippet": "".join(text for text, _ in hit.parts),
            }
            for hit in row.clauses
        ],
    }
