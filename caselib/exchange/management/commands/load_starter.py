import argparse
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from caselib.core import clock
from caselib.core.errors import DomainError
from caselib.exchange.starter.files import Library, read_library
from caselib.exchange.starter.load import DEMO_EDITOR, DEMO_REVIEWER, Tally, library_load

FOLDER = settings.BASE_DIR / "fixtures" / "starter"
# For trying out on one machine only, written down in README.md; a real site has to set its own.
DEMO_PASSWORD = "hall-demo-2026"  # noqa: S105
PASSWORD_VARIABLE = "CASELIB_DEMO_PASSWORD"  # noqa: S105


class Command(BaseCommand):
    help = "装载起始库：事项、部门、区划、政策、案例、培训包。可以反复运行，已有的和改过的都不动。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help="起始库的文件夹")
        parser.add_argument("--editor", help="案例以哪个已有账号的名义写；不给就用演示账号")
        parser.add_argument("--reviewer", help="案例由哪个已有账号审核；要和 --editor 不同")
        parser.add_argument(
            "--demo-accounts", action="store_true", help=f"正式环境里也建演示账号（密码取自 {PASSWORD_VARIABLE}）"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        password = self._demo_password(options)
        try:
            library = read_library(folder)
            tally = library_load(
                library,
                now=clock.now(),
                say=self.stdout.write,
                demo_password=password,
                editor=options["editor"] or DEMO_EDITOR,
                reviewer=options["reviewer"] or DEMO_REVIEWER,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self._report(tally)
        if password:
            self._sign_ins(library, password)

    def _demo_password(self, options: dict[str, Any]) -> str:
        """The password for the demo accounts; empty where none are made.

        A site that is no trial site makes none unless asked, and never with the word that everybody can read.
        """
        if bool(options["editor"]) != bool(options["reviewer"]):
            raise CommandError("--editor 和 --reviewer 要一起给，而且是两个人。")
        trial = settings.CASELIB_TRIAL_SITE
        if options["demo_accounts"] or (trial and not options["editor"]):
            password = os.environ.get(PASSWORD_VARIABLE) or (DEMO_PASSWORD if trial else "")
            if not password:
                raise CommandError(f"正式环境的演示账号要有自己的密码：设置环境变量 {PASSWORD_VARIABLE} 再运行。")
            return password
        if not options["editor"]:
            raise CommandError(
                "这是正式环境，不建演示账号。用 --editor 和 --reviewer 指定两个已有的账号，"
                "或者加 --demo-accounts。什么都没有写入。"
            )
        return ""

    def _report(self, tally: Tally) -> None:
        self.stdout.write(
            f"案例 {tally.precedents} 件（待复核 {tally.doubted}，草稿 {tally.drafts}）、政策 {tally.policies} 件、"
            f"版本 {tally.versions} 个、条款 {tally.clauses} 条、事项 {tally.matters} 项、"
            f"部门 {tally.departments} 个、区划 {tally.regions} 个、培训包 {tally.packs} 个（题目 {tally.questions} 道）。"
        )
        self.stdout.write(
            f"本次新增：案例 {tally.new_precedents} 件、政策 {tally.new_policies} 件、演示账号 {tally.new_accounts} 个、"
            f"培训包 {tally.new_packs} 个；"
            "已有的没有改动。"
        )

    def _sign_ins(self, library: Library, password: str) -> None:
        shown = password if password == DEMO_PASSWORD else f"见环境变量 {PASSWORD_VARIABLE}"
        self.stdout.write(f"演示账号（密码：{shown}；已有的账号保留原来的密码）：")
        for line in library.accounts:
            self.stdout.write(f"  {line.username:<16}  {line.display_name}")
