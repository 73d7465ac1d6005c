from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.precedents.models import Precedent
from caselib.search.engine.port import EngineError
from caselib.search.indexing import pk_of
from caselib.search.outbox import WORDS_NOTE, Drift, dictionary_is_behind, drain, drift, repair

_SHOWN = 50
_KINDS = (("missing", "索引里缺"), ("stale", "内容不一致"), ("surplus", "不该在索引里"))


class Command(BaseCommand):
    help = "先处理完未完成的更新，再逐条核对索引与数据库；有出入时列出并以 1 退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="把有出入的按数据库改正")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drain()
            found = drift()
            self._show(found)
            if found.count and options["repair"]:
                repair(found)
                found = drift()
                self.stdout.write("已改正。" if not found.count else "改正后仍有出入。")
            behind = dictionary_is_behind()
        except EngineError as error:
            raise CommandError(error.message) from error
        if behind:
            # No drift: every document is there. So it fails nothing that watches the exit code.
            self.stdout.write(WORDS_NOTE)
        if found.count:
            raise CommandError(f"索引与数据库有 {found.count} 处出入。可加 --repair 改正。", returncode=1)
        self.stdout.write("索引与数据库一致，0 处出入。")

    def _show(self, found: Drift) -> None:
        for name, label in _KINDS:
            keys = getattr(found, name)
            pks = {pk_of(key) for key in keys[:_SHOWN]} - {None}
            numbers = {row.pk: str(row) for row in Precedent.objects.filter(pk__in=pks)}
            for key in keys[:_SHOWN]:
                self.stdout.write(f"{label}：{numbers.get(pk_of(key), key)}")
            if len(keys) > _SHOWN:
                self.stdout.write(f"{label}：另有 {len(keys) - _SHOWN} 条")
