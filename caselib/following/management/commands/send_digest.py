from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from caselib.following.digest import digests_send
from caselib.following.searches.checking import searches_check


class Command(BaseCommand):
    help = "给设了邮箱的人发每日邮件提醒：关注的政策和事项有什么新变化，有什么等着处理。每天定时运行一次；多运行几次也不会重复发。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只看会发给谁、发什么，不发也不记")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        sent = failed = 0
        # What saved searches find since the last check belongs into this mail.
        unread = 0 if dry_run else sum(checked.failed for checked in searches_check())
        if unread:
            self.stderr.write(f"有 {unread} 个存的搜索没有查成：检索索引现在读不了。下次再查，不会漏。")
        for mail in digests_send(dry_run=dry_run):
            if mail.error:
                failed += 1
                self.stderr.write(f"没有发给 {mail.user.username}：{mail.error}。下次再发，不会漏。")
                continue
            sent += 1
            if dry_run:
                self.stdout.write(f"会发给 {mail.user.username}：\n{mail.text}\n")
        self.stdout.write(f"{'会发' if dry_run else '发了'} {sent} 封。")
        if not settings.EMAIL_HOST and not dry_run:
            self.stdout.write("没有设置 EMAIL_HOST，邮件只打印出来，没有寄出。")
        if failed:
            raise SystemExit(1)
