from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from caselib.cases.pruning import tickets_due, tickets_prune
from caselib.core import clock
from caselib.exchange.batches import batches_prune
from caselib.precedents.siblings import KEPT_FOR, siblings_prune
from caselib.search.log.services import search_log_prune


class Command(BaseCommand):
    help = "按期删除：归档满期的工单内容、过期的工单导入和案例导入、过期的检索记录、收起满期的并存稿。每天跑一次；--dry-run 只数不删。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出会删什么，不删")

    def handle(self, *args: Any, **options: Any) -> None:
        now, dry_run = clock.now(), options["dry_run"]
        word = "会" if dry_run else "已"
        due = list(tickets_due(now=now).order_by("pk").values_list("code", flat=True))
        log = search_log_prune(now=now, dry_run=dry_run)
        pruned = tickets_prune(now=now, dry_run=dry_run)
        self.stdout.write(f"{word}删除归档超过 {settings.CASELIB_TICKET_DAYS} 天的工单内容：{pruned.tickets} 件")
        for code in due:
            self.stdout.write(f"  {code}")
        self.stdout.write(f"{word}删除过期的工单导入：{pruned.imports} 次")
        batches = batches_prune(now=now, dry_run=dry_run)
        self.stdout.write(f"{word}删除放满七天的案例导入：{batches} 次")
        days = settings.CASELIB_SEARCH_LOG_DAYS
        self.stdout.write(f"{word}删除超过 {days} 天的检索记录：{log.deleted} 条，去掉会话标记：{log.unjoined} 条")
        siblings = siblings_prune(now=now, dry_run=dry_run)
        self.stdout.write(f"{word}删除收起超过 {KEPT_FOR.days} 天的并存稿：{siblings} 份")
