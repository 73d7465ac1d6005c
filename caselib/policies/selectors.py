"""Reads of policies for other packages."""

import datetime as dt

from .models import Policy, PolicyVersion


def version_on(policy: Policy, *, on: dt.date) -> PolicyVersion | None:
    """The version that applied on that day, or None where none did or none is known. 1 query."""
    return policy.versions.in_force(on=on).first()
