from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from caselib.core import clock
from caselib.precedents.siblings import KEPT_FOR, siblings_prune


class Command(BaseCommand):
    help = "清理并存稿：删掉收起超过 30 天的。没合好的一份都不删。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数有多少，不删")

    def handle(self, *args: Any, **options: Any) -> None:
        count = siblings_prune(now=clock.now(), dry_run=options["dry_run"])
        word = "会删掉" if options["dry_run"] else "删掉了"
        self.stdout.write(f"{word}收起超过 {KEPT_FOR.days} 天的并存稿 {count} 份。")
