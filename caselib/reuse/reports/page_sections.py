"""The sections of a precedent's page, as readers name them: what each is called, and which fields of the text stand in it."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True, slots=True)
class PageSection:
    """`fields` of the text, the first one being where an editor begins; none for the page as a whole."""

    key: str
    name: str
    fields: tuple[str, ...]

    @property
    def label(self) -> str:
        return gettext(self.name)


SECTIONS: dict[str, PageSection] = {
    section.key: section
    for section in (
        PageSection("gist", gettext_noop("要旨"), ("gist", "title", "result_type", "occurred", "force")),
        PageSection("script", gettext_noop("口径"), ("script",)),
        PageSection("fits", gettext_noop("能用吗"), ("applies_when", "not_when")),
        PageSection("steps", gettext_noop("怎么办"), ("resolution", "handling_steps")),
        PageSection("materials", gettext_noop("缺什么"), ("materials",)),
        PageSection("deferred", gettext_noop("容缺材料"), ("deferred_material",)),
        PageSection("bounds", gettext_noop("授权边界"), ("flexibility", "manner")),
        PageSection("instead", gettext_noop("换条路"), ("alternatives",)),
        PageSection("who", gettext_noop("谁能定"), ("who_can_decide", "lead_org", "partner_orgs")),
        PageSection("lasting", gettext_noop("长效机制"), ("lasting_rule", "measure")),
        PageSection(
            "story",
            gettext_noop("来龙去脉"),
            (
                "problem",
                "blocker",
                "requester_wording",
                "outcome",
                "evaluation",
                "assessment",
                "failed_stage",
                "visits",
            ),
        ),
        PageSection("basis", gettext_noop("依据"), ("citations",)),
        PageSection(
            "sorting",
            gettext_noop("分类"),
            ("matter", "matter_note", "more_matters", "theme", "region", "admin_level", "causes", "categories", "tags"),
        ),
        PageSection("sources", gettext_noop("来源"), ("sources",)),
        PageSection("whole", gettext_noop("整页"), ()),
    )
}
WHOLE = "whole"
# The section in which each kind of point stands.
SECTION_OF_POINT = {"applies_when": "fits", "not_when": "fits", "steps": "steps", "materials": "materials"}


def section_named(key: str) -> PageSection:
    """The section of that key, the page as a whole for any other."""
    return SECTIONS.get(key, SECTIONS[WHOLE])
