"""办理入口: only addresses of government sites are sent to people (row A9 of the requirements)."""

from urllib.parse import urlsplit

from django.conf import settings


def allowed_domains() -> tuple[str, ...]:
    """The domains of CASELIB_ENTRANCE_DOMAINS; each stands for itself and for what lies below it."""
    return tuple(settings.CASELIB_ENTRANCE_DOMAINS)


def is_allowed(address: str) -> bool:
    """Whether an address is a page of an allowed domain: http or https, no account in it, no other port.

    Never raises, whatever was typed.
    """
    if not address.isascii() or any(mark in " \\@" or not mark.isprintable() for mark in address):
        # A browser reads a backslash as a slash, and what stands before an @ is no host: both hide where a link goes.
        return False
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or port not in (None, 80, 443):
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in allowed_domains())
