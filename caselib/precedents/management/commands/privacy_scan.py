from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from caselib.core import clock
from caselib.precedents.rescan import Scanned, scan, scan_if_rules_changed

# So many numbers are named; the rest is counted.
NAMED = 20


class Command(BaseCommand):
    help = "用现在的规则把全库的文字和附件再查一遍个人信息：查到的给负责部门开待复核任务，读者看到的先遮住。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="规则没有变也再查一遍")
        parser.add_argument("--dry-run", action="store_true", help="只查，什么都不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"] or options["dry_run"]:
            found = scan(now=clock.now(), dry_run=options["dry_run"], show=self._show)
        else:
            found = scan_if_rules_changed(now=clock.now())
        if found is None:
            self.stdout.write("规则没有变，上次已经查过全库。要再查一遍，加 --all。")
            return
        self._tell(found, dry_run=options["dry_run"])

    def _tell(self, found: Scanned, *, dry_run: bool) -> None:
        wrote = "什么都没有写入" if dry_run else f"新开待复核任务 {found.opened} 个"
        self.stdout.write(
            f"查了 {found.texts} 件案例、{found.attachments} 个附件；有个人信息的 {found.found} 件；{wrote}。"
        )
        if found.retired:
            more = f" 等 {len(found.retired)} 件" if len(found.retired) > NAMED else ""
            named = "、".join(found.retired[:NAMED])
            self.stdout.write(f"已出库的里也有，要下架的请负责部门处理：{named}{more}。")

    def _show(self, done: int) -> None:
        self.stdout.write(f"  已查 {done} 件")
