"""Errors that the domain raises on purpose. Middleware and the API map each to one HTTP status.

A message is a full Chinese sentence for the person in front of the screen: what happened, what was kept, what to do.
"""


class DomainError(Exception):
    """Base of every error that is a rule of the product rather than a fault of the program."""

    status = 400
    title = "办不了"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotVisible(DomainError):
    """The row does not exist for this viewer: 404, so that its existence is not told."""

    status = 404
    title = "没有找到"

    def __init__(self, message: str = "没有找到这一页。可能是地址有误，或者您没有查看的权限。") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """The viewer sees the row but may not do the deed: 403 with the reason."""

    status = 403
    title = "没有这个权限"


class StaleState(DomainError):
    """Somebody decided or saved first: 409, and the caller keeps the loser's text."""

    status = 409
    title = "有人先改了"


class RuleBroken(DomainError):
    """Input breaks a rule of the domain: 422.

    `code` is stable for programs; `field` names the input that is wrong, or is empty.
    """

    status = 422
    title = "内容不符合要求"

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field
