"""The tools over the Model Context Protocol, on standard input and output. Needs the package `mcp` (extra `assistant`)."""

import logging

import mcp_types as types
from asgiref.sync import sync_to_async
from django.db import connections
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from .asking import Said, asked
from .faults import BROKEN
from .tools import INSTRUCTIONS, TOOLS, Tool

logger = logging.getLogger(__name__)
VERSION = "1"


def server_for(account: int) -> Server:
    """A server that answers with the permissions of this account."""

    async def list_tools(context: object, params: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS.values()])

    async def call_tool(context: object, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            # One thread for all of them: questions of one person wait for each other, and share a connection.
            said = await sync_to_async(_asked_and_closed, thread_sensitive=True)(account, params.name, params.arguments)
        except Exception:
            # What went wrong inside is for the log of the site, not for a client or the model behind it.
            logger.exception("A question of an assistant failed.")
            raise MCPError(types.INTERNAL_ERROR, BROKEN.text) from None
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=said.text)],
            structured_content=said.plain,
            is_error=said.is_error,
        )

    return Server(
        "caselib",
        title="政务服务案例库",
        version=VERSION,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve(account: int) -> None:
    """Answers until the client closes its end. While it runs, whatever prints goes to standard error."""
    server = server_for(account)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


def _asked_and_closed(account: int, tool: str, sent: dict | None) -> Said:
    """A session may stay open for days: no connection is held between two questions."""
    try:
        return asked(account, tool, sent)
    finally:
        connections.close_all()


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            title=tool.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )
