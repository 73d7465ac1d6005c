import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.exchange.imports import ImportPlan, plan_import, plan_store

# So many line numbers are named for one remark; a remark stops nothing, bad lines are all named.
LINES_NAMED = 5


class Command(BaseCommand):
    help = "导入案例：JSON Lines 文件，一行一个。全部导入，或者一行也不导入。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="UTF-8 的 .jsonl 文件；只有 id 和 title 必填")
        parser.add_argument("--region", default="", help="没有写部门的归哪个地区，写全称，例如 上海市虹口区")
        parser.add_argument("--department", default="", help="没有写部门的归这个地区的哪个部门，写名称或代码")
        parser.add_argument("--publish", action="store_true", help="直接发布，而不是存为草稿")
        parser.add_argument("--dry-run", action="store_true", help="只检查，什么都不写入")

    def handle(self, *args: Any, file: Path, publish: bool, dry_run: bool, **options: Any) -> None:
        try:
            with Path(file).open("rb") as lines:
                plan = plan_import(lines, on=clock.today(), region=options["region"], department=options["department"])
        except RuleBroken as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"读不了文件 {file}：{error.strerror}。") from error
        self._remark(plan)
        if not plan.items and not plan.bad:
            raise CommandError("文件里没有一行内容，什么也没有导入。")
        for bad in plan.bad:
            self.stderr.write(str(bad))
        try:
            stored = plan_store(plan, publish=publish, dry_run=dry_run, actor=None, now=clock.now())
        except RuleBroken as error:
            raise CommandError(error.message) from error
        kind = "发布" if publish else "存为草稿"
        if dry_run:
            self.stdout.write(f"检查通过：{len(stored)} 个案例可以导入（{kind}）。什么都没有写入。")
        else:
            self.stdout.write(f"导入了 {len(stored)} 个案例（{kind}）。")

    def _remark(self, plan: ImportPlan) -> None:
        for remark, lines in plan.remarks.items():
            named = "、".join(map(str, lines[:LINES_NAMED]))
            more = f"等 {len(lines)} 行" if len(lines) > LINES_NAMED else "行"
            self.stdout.write(f"注意：{remark}（第 {named} {more}）。")
