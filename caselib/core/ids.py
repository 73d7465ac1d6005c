"""Opaque codes for addresses: nothing about the row can be read from them, and Chinese titles need no slug."""

import secrets

# No 0/o, 1/l/i, u/v pairs that people mix up when they read a code aloud.
ALPHABET = "23456789abcdefghjkmnpqrstwxyz"
LENGTH = 10


def new_code() -> str:
    """A random code of 10 characters (48 bits); uniqueness is kept by the database."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_code(text: str) -> bool:
    """Whether it has the shape of one. Whether there is such a row it does not say."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
