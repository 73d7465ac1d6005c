from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caselib.core.errors import RuleBroken
from caselib.offline.halls import hall_named
from caselib.offline.manifest import public_key
from caselib.offline.services import MOST_DAYS, USUAL_DAYS, pack_export


class Command(BaseCommand):
    help = "给一个大厅导出离线包：断网或系统故障时用浏览器打开就能查的一个文件夹。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="放离线包的文件夹；里面原来的离线包会被换掉，别的文件不动")
        parser.add_argument("--department", default="", help="部门代码或名称：只含这个部门窗口看得到的案例")
        parser.add_argument("--region", default="", help="区划全名或代码；单独写时是这个区划各窗口都看得到的案例")
        parser.add_argument(
            "--days", type=int, default=USUAL_DAYS, help=f"几天后过期，1 到 {MOST_DAYS}，不写是 {USUAL_DAYS}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            hall = hall_named(department=options["department"].strip(), region=options["region"].strip())
            pack = pack_export(options["folder"], hall=hall, days=options["days"], actor=None)
        except RuleBroken as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"离线包已导出：{pack.hall}，{pack.count} 件案例，{pack.size / 1_000_000:.1f} MB，"
            f"签发 {pack.issued_on:%Y-%m-%d}，用到 {pack.valid_until:%Y-%m-%d}。"
        )
        self.stdout.write(f"打开 {options['folder'] / 'index.html'}。核对用的公钥：{public_key()}")
