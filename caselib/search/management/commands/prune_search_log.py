from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from caselib.core import clock
from caselib.search.log.services import search_log_prune


class Command(BaseCommand):
    help = "清理检索记录：删掉过期的，去掉一天以前的会话标记。index_worker 每天自动做一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数有多少，不删")

    def handle(self, *args: Any, **options: Any) -> None:
        pruned = search_log_prune(now=clock.now(), dry_run=options["dry_run"])
        days = settings.CASELIB_SEARCH_LOG_DAYS
        words = ("会删掉", "会去掉") if options["dry_run"] else ("删掉了", "去掉了")
        self.stdout.write(
            f"{words[0]}超过 {days} 天的 {pruned.deleted} 条，{words[1]} {pruned.unjoined} 条的会话标记。"
        )
