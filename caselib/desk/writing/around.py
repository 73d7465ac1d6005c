"""What stands before and after the form of a draft: its first questions, and the page of a text that nobody writes now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caselib.catalog.offered import offered
from caselib.orgs.models import Department
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent, ResultType, Revision, RevisionState
from caselib.precedents.sections import Section, sections_of
from caselib.precedents.visibility import PrecedentStatus

from .fields import Field, Sheet
from .screens import Said
from .starting import Start


@dataclass(frozen=True, slots=True)
class NewScreen:
    """The first questions about a new draft."""

    fields: tuple[Field, ...]
    matters: tuple[str, ...]
    problems: Mapping[str, str]


def new_screen(start: Start, *, departments: Sequence[Department]) -> NewScreen:
    """The form of a new draft. The department is asked where there is a choice. 5 queries."""
    lists = offered()
    values = {
        "title": start.title,
        "result_type": start.result_type,
        "matter": start.matter,
        "department": start.department,
    }
    sheet = Sheet({name: [value] for name, value in values.items()}, start.problems)
    results = [("", "选一个"), *ResultType.choices]
    fields = [
        sheet.plain("title", "line"),
        sheet.chosen("result_type", results, hint="结果不同，要写的也不同。"),
        sheet.plain("matter", "line", pick="matter", may_lack=False),
    ]
    if len(departments) > 1:
        named = [("", "选一个"), *((str(row.pk), f"{row.region}{row.name}") for row in departments)]
        fields.append(
            sheet.chosen(
                "department", named, label="归口部门", need="必填", hint="案例由它管：本部门的编辑能改，审核人来审。"
            )
        )
    return NewScreen(tuple(fields), lists.matters, start.problems)


@dataclass(frozen=True, slots=True)
class ClosedScreen:
    """A text that nobody writes now. `sections`: what waits for a review, to be read."""

    precedent: Precedent
    revision: Revision | None
    said: Said
    sections: tuple[Section, ...]
    may_revise: bool
    may_reopen: bool

    @property
    def is_submitted(self) -> bool:
        return self.revision is not None and self.revision.state == RevisionState.SUBMITTED

    @property
    def is_readable(self) -> bool:
        return self.precedent.number is not None

    @property
    def title(self) -> str:
        return self.revision.title if self.revision else "没有文字的案例"

    @property
    def why(self) -> str:
        if self.precedent.status == PrecedentStatus.RETIRED:
            return "这个案例已经出库，不再修订。要用就新写一件。"
        state = self.revision.get_state_display() if self.revision else "空的"
        return f"最后一稿是“{state}”。接着写会照它的文字开一份新稿，原来的留在变更记录里。"


def closed_screen(precedent: Precedent, revision: Revision | None, *, said: Said) -> ClosedScreen:
    """1 query beside the rows of the text."""
    is_submitted = revision is not None and revision.state == RevisionState.SUBMITTED
    is_used = precedent.live_revision_id is not None and precedent.status != PrecedentStatus.RETIRED
    was_given_up = precedent.live_revision_id is None and revision is not None and not is_submitted
    return ClosedScreen(
        precedent=precedent,
        revision=revision,
        said=said,
        sections=sections_of(content_of(revision)) if is_submitted else (),
        may_revise=is_used and not is_submitted,
        may_reopen=was_given_up,
    )
