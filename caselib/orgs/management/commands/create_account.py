import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department, Role
from caselib.orgs.services import account_create, membership_grant


class Command(BaseCommand):
    help = "新建账号并授予角色。密码从键盘读，或用管道从标准输入的第一行读；不在命令行里写密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="登录名")
        parser.add_argument("--name", required=True, help="称呼，按岗位写，如 窗口人员")
        parser.add_argument("--region", required=True, help="部门所在地区的全名，如 上海市虹口区")
        parser.add_argument("--department", required=True, help="部门名称或代码")
        parser.add_argument("--role", required=True, action="append", choices=Role.values, help="角色，可写多次")

    def handle(self, *args: Any, **options: Any) -> None:
        department = self._department(options["region"], options["department"])
        try:
            with transaction.atomic():
                user = account_create(
                    username=options["username"], display_name=options["name"], password=self._password(), actor=None
                )
                for role in options["role"]:
                    membership_grant(user=user, department=department, role=Role(role), actor=None)
        except RuleBroken as error:
            raise CommandError(f"没有建成账号，什么都没改。{error.message}") from error
        self.stdout.write(f"已建账号 {user.username}（{department}）。")

    @staticmethod
    def _department(region: str, department: str) -> Department:
        rows = Department.objects.filter(region__full_name=region)
        found = rows.filter(name=department).first() or rows.filter(code=department).first()
        if found is None:
            known = "、".join(rows.values_list("name", flat=True)[:50]) or "没有部门"
            raise CommandError(f"“{region}”没有部门“{department}”。现有：{known}。")
        return found

    @staticmethod
    def _password() -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("密码：")
        if password != getpass.getpass("再输一遍："):
            raise CommandError("两遍不一样，没有建账号。")
        return password
