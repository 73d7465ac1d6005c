import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caselib.core import clock
from caselib.core.text import clean
from caselib.offline.manifest import Verdict, pack_verify

_NAMED = 20


class Command(BaseCommand):
    help = "核对离线包：有没有改过、缺了、多了文件，过没过期。有任何一样就以 1 结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="离线包的文件夹")
        parser.add_argument("--key", default="", help="核对签名的公钥（64 位十六进制）；不写用本站现在的")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"].strip().lower()
        if key and not re.fullmatch("[0-9a-f]{64}", key):
            raise CommandError("公钥是 64 位十六进制，导出时打印过。")
        try:
            verdict = pack_verify(options["folder"], today=clock.today(), key=key)
        except OSError as error:
            raise CommandError(f"有文件读不出来，没有核对完：{error.filename}。") from error
        if verdict is None:
            raise CommandError(f"{options['folder']} 不是离线包，或者清单 manifest.json 读不出来。")
        self._told(verdict)
        if not verdict.is_whole or verdict.is_expired:
            raise CommandError("这个离线包不能放心用，重新导出一份。")
        self.stdout.write("文件齐全，没有改动，在有效期内。")

    def _told(self, verdict: Verdict) -> None:
        # Somebody else may have written them, and a terminal does what some characters say.
        facts = {name: clean(str(value)) for name, value in verdict.manifest.items() if name != "files"}
        self.stdout.write(
            f"{facts.get('hall')}，{facts.get('count')} 件案例，签发 {facts.get('issued_at')}，用到 {facts.get('valid_until')}。"
        )
        if not verdict.is_signed:
            self.stdout.write(
                "清单的签名不对：清单改过，或者不是本站签发的。换过 SECRET_KEY 的，用导出时打印的公钥（--key）核对。"
            )
        self._named("改动过的文件", verdict.changed)
        self._named("缺的文件", verdict.missing)
        self._named("多出来的文件", verdict.added)
        if verdict.is_expired:
            self.stdout.write("已过期：政策和案例可能已经变了。")

    def _named(self, words: str, names: Sequence[str]) -> None:
        if names:
            more = f"，还有 {len(names) - _NAMED} 个" if len(names) > _NAMED else ""
            self.stdout.write(f"{words}（{len(names)} 个）：{'、'.join(map(clean, names[:_NAMED]))}{more}。")
