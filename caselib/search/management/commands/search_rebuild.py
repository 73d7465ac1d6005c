from typing import Any

from django.core.management.base import BaseCommand, CommandError

from caselib.search.engine.port import EngineError
from caselib.search.outbox import drain, rebuild


class Command(BaseCommand):
    help = "重建检索索引：在旁边建好、核对条数后一步切换，其间照常检索和修改。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rebuild(lambda number: self.stdout.write(f"  已处理 {number} 条"))
            drain()
        except EngineError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"索引已重建，共 {count} 条。")
