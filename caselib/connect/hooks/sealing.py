"""The secrets that messages are signed with, kept like the text of source tickets (core.sealing), and the signature itself."""

import hashlib
import hmac
import secrets

from caselib.core.sealing import NoKeyOpens, Seal

__all__ = ["NoKeyOpens", "is_sealed_with_first", "new_secret", "seal", "signature_of", "unseal"]

_SEAL = Seal(b"caselib.connect.hook")
seal, unseal, is_sealed_with_first = _SEAL.seal, _SEAL.unseal, _SEAL.is_sealed_with_first
# Seconds within which a receiver should take a message (docs/connect.md).
REPLAY_WINDOW = 300


def new_secret() -> str:
    """256 random bits as text that can be pasted."""
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature_of(body: bytes, *, secret: str, at: int) -> str:
    """The header Caselib-Signature: the moment in seconds since 1970, and HMAC-SHA256 over it, a dot and the body."""
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"
