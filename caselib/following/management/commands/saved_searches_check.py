from typing import Any

from django.core.management.base import BaseCommand

from caselib.following.searches.checking import searches_check


class Command(BaseCommand):
    help = (
        "把到时候的“存的搜索”再查一遍，有新的或改了的就记下来告诉存的人。每隔几分钟运行一次；多运行几次也不会重复告诉。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        asked = told = failed = 0
        for checked in searches_check():
            asked += checked.asked
            told += checked.told
            failed += checked.failed
        self.stdout.write(f"查了 {asked} 个，告诉了 {told} 件。")
        if failed:
            self.stderr.write(f"有 {failed} 个没有查成：检索索引现在读不了。下次再查，不会漏。")
            raise SystemExit(1)
