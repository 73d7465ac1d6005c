"""What an assistant is told when a question cannot be answered: a stable code and a sentence, never a trace."""

from dataclasses import dataclass

from caselib.core.errors import DomainError, NotAllowed, NotVisible, RuleBroken

NOT_FOUND, NOT_ALLOWED, BAD_ARGUMENT, UNAVAILABLE, FAILED = (
    "not_found",
    "not_allowed",
    "bad_argument",
    "unavailable",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is stable for programs; `field` names the argument that is wrong, or is empty."""

    code: str
    message: str
    field: str = ""

    @property
    def text(self) -> str:
        return f"{self.message}（{self.code}）"

    def as_plain(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "field": self.field}


BUSY = Fault(UNAVAILABLE, "案例库现在连不上，没有查成。稍后再问。")
BROKEN = Fault(FAILED, "案例库这边出了错，没有查成。请告诉管理员查看 mcp_server 的日志。")
NOTHING = "没有找到，可能是编号有误，或者这个账号没有查看的权限。"


def fault_of(error: DomainError) -> Fault:
    """A rule of the product as a fault. What is hidden and what is not there say the same."""
    if isinstance(error, NotVisible):
        return Fault(NOT_FOUND, NOTHING)
    if isinstance(error, NotAllowed):
        return Fault(NOT_ALLOWED, error.message)
    if isinstance(error, RuleBroken):
        return Fault(error.code, error.message, error.field)
    return Fault(FAILED, error.message)
