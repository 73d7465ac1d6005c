"""Addresses that a form names: only a path of this site is followed."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, address: str, *, otherwise: str = "/") -> str:
    """The address when it is a path of this site, else the other; never the name of a view, as redirect() takes."""
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_own else otherwise
