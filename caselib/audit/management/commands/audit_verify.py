import argparse
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from caselib.audit.chain import Tally, breaks

_HASH = re.compile(r"[0-9a-f]{64}")
_LIMITS = (
    "查不出的一种：能写数据库的人把末尾的记录和链尾一起改成一致（截短，或者从某一条起全部重算）。"
    "防它：把上面的哈希抄到数据库以外，下次用 --expect 核对。"
)


class Command(BaseCommand):
    help = "核对审计记录的哈希链：改过、少了、插进来的记录都会列出来。有一处不对就以 1 结束。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--expect", default="", help="以前抄下的哈希：链上必须还有它")
        parser.add_argument("--since", type=int, default=0, help="从这个序号的记录接着读，它以前的不读")

    def handle(self, *args: Any, expect: str, since: int, **options: Any) -> None:
        if expect and not _HASH.fullmatch(expect):
            raise CommandError("--expect 要写完整的哈希：64 位，数字和 a 到 f。什么也没有核对。")
        if since < 0:
            raise CommandError("--since 要写记录的序号。什么也没有核对。")
        tally, count = Tally(), 0
        for broken in breaks(tally, since=since, expect=expect):
            count += 1
            at = f"{timezone.localtime(broken.at):%Y-%m-%d %H:%M:%S}" if broken.at else "时间不明"
            self.stdout.write(f"第 {broken.pk} 条\t{at}\t{broken.fault.label}")
        whole = f"从第 {since} 条起" if since else "从头"
        result = f"有 {count} 处不对" if count else "完整"
        self.stdout.write(
            f"{whole}读了 {tally.events} 条，到第 {tally.last} 条，{result}。最后一条的哈希：{tally.hash}"
        )
        self.stdout.write(_LIMITS)
        if count:
            raise SystemExit(1)
