"""What a question of access is answered with: Allowed, or Denied with the reason that the page shows."""

from dataclasses import dataclass

from .errors import NotAllowed, NotVisible


@dataclass(frozen=True, slots=True)
class Allowed:
    def __bool__(self) -> bool:
        return True

    def require(self) -> None:
        """Does nothing: the deed is allowed."""


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str

    def __bool__(self) -> bool:
        return False

    def require(self) -> None:
        """Raises NotAllowed with the reason."""
        raise NotAllowed(self.reason)


@dataclass(frozen=True, slots=True)
class Hidden:
    """For whom there is no such page at all."""

    def __bool__(self) -> bool:
        return False

    def require(self) -> None:
        """Raises NotVisible."""
        raise NotVisible()


Answer = Allowed | Denied | Hidden
ALLOWED = Allowed()
