"""A system that acts without showing a token: to be told, in a frame, in a feed. By the rules of `clients.calling.caller_of`."""

from caselib.orgs.scope import NOBODY, ViewerScope, scope_of

from .clients.models import Client, Deed


def may_act(client: Client, *, deed: Deed) -> bool:
    """Whether it is switched on, as its account and its department are, and was let do that deed. No query.

    Needs `client` with account and department.
    """
    is_open = client.is_open and client.account.is_active and client.department.is_active
    return is_open and deed in client.deeds


def scope_acting(client: Client, *, deed: Deed) -> ViewerScope:
    """The scope of its account, that of nobody where it may not act. Needs the same. 1 query."""
    return scope_of(client.account) if may_act(client, deed=deed) else NOBODY
