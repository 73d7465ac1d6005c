"""Secrets of tokens: how one is made, and what of it is kept."""

import hashlib
import secrets

# So that a secret that got into a file or a message is found by a search for it.
MARK = "clt_"
_BYTES = 32
PREFIX = 12
# Longer ones are not even looked up.
LONGEST = 200


def new_secret() -> str:
    """256 random bits with a mark in front: 47 characters that need no escaping in a header or an address."""
    return MARK + secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """By which a token is found: the index of the database compares digests, so that timing tells nothing of a secret."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def prefix_of(secret: str) -> str:
    """The first characters, by which people tell tokens apart; 208 random bits stay behind them."""
    return secret[:PREFIX]
