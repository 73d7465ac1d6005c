import asyncio
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections

from caselib.connect.assistant.services import session_open
from caselib.core.errors import NotAllowed
from caselib.search.log.notes import notes

NOT_INSTALLED = "助手接口要用 mcp 这个包，现在没有安装。运行 pip install 'caselib[assistant]' 之后再启动。"


class Command(BaseCommand):
    help = "以一个账号的权限，让智能助手用 MCP 协议只读地查案例库（标准输入输出）。怎么接见 docs/assistants.md。"
    # Nothing but the protocol may stand on standard output.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="登录名；助手看得到的就是这个账号看得到的")

    def handle(self, *args: Any, **options: Any) -> None:
        if find_spec("mcp") is None:
            raise CommandError(NOT_INSTALLED)
        from caselib.connect.assistant.server import serve

        try:
            account = session_open(options["user"]).pk
        except NotAllowed as error:
            raise CommandError(f"没有启动。{error.message}") from error
        except Error as error:
            raise CommandError("没有启动：数据库连不上，或者还没有运行 manage.py migrate。") from error
        connections.close_all()
        try:
            asyncio.run(serve(account))
        except* (BrokenPipeError, ConnectionResetError):
            self.stderr.write("客户端已断开，助手接口停止。")
        finally:
            notes.flush()
