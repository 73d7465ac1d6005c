"""Keeps what tickets say unreadable in the database, its files and its backups, with the keys of `core.sealing`."""

from caselib.core.errors import DomainError
from caselib.core.sealing import NoKeyOpens, Seal

_SEAL = Seal(b"caselib.cases.ticket")


class SealedForGood(DomainError):
    """No key opens what is stored: the keys were changed, or the database comes from another site."""

    status = 503
    title = "原文打不开"


def seal(text: str) -> str:
    """The text as a token of ASCII characters; sealing twice gives two tokens. An empty text stays empty."""
    return _SEAL.seal(text)


def unseal(token: str) -> str:
    """The text of a token of `seal`. Raises SealedForGood where no key opens it."""
    try:
        return _SEAL.unseal(token)
    except NoKeyOpens as error:
        raise SealedForGood(
            "工单原文打不开：现在的密钥解不开它。原文还在，没有丢。请告诉系统管理员，把原来的密钥加回 CASELIB_TICKET_KEYS。"
        ) from error


def sealed_anew(token: str) -> str:
    """The same text sealed with the first key. Raises SealedForGood as `unseal` does."""
    return seal(unseal(token))


def is_sealed_with_first(token: str) -> bool:
    """Whether the first key alone opens it, so that older keys may go."""
    return _SEAL.is_sealed_with_first(token)
