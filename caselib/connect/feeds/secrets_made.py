"""Secrets that stand in the address of a feed, of a kind of their own: none of them opens the interface for programs."""

import secrets

from caselib.connect.clients.secrets_kept import LONGEST

MARK = "feed_"


def new_secret() -> str:
    """256 random bits with a mark in front, so that one that got into a file is found by a search for it."""
    return MARK + secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether it has the shape of one; only such a text is looked up."""
    return text.startswith(MARK) and len(text) <= LONGEST
