"""The sections of a precedent's page, as readers name them: what each is called, and which fields of the text stand in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageSection:
    """`fields` of the text, the first one being where an editor begins; none for the page as a whole."""

    key: str
    label: str
    fields: tuple[str, ...]


SECTIONS: dict[str, PageSection] = {
    section.key: section
    for section in (
        PageSection("gist", "要旨", ("gist", "title", "result_type", "occurred", "force")),
        PageSection("script", "口径", ("script",)),
        PageSection("fits", "能用吗", ("applies_when", "not_when")),
        PageSection("steps", "怎么办", ("resolution", "handling_steps")),
        PageSection("materials", "缺什么", ("materials",)),
        PageSection("deferred", "容缺材料", ("deferred_material",)),
        PageSection("bounds", "授权边界", ("flexibility", "manner")),
        PageSection("instead", "换条路", ("alternatives",)),
        PageSection("who", "谁能定", ("who_can_decide", "lead_org", "partner_orgs")),
        PageSection("lasting", "长效机制", ("lasting_rule", "measure")),
        PageSection(
            "story",
            "来龙去脉",
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
        PageSection("basis", "依据", ("citations",)),
        PageSection(
            "sorting",
            "分类",
            ("matter", "matter_note", "more_matters", "theme", "region", "admin_level", "causes", "categories", "tags"),
        ),
        PageSection("sources", "来源", ("sources",)),
        PageSection("whole", "整页", ()),
    )
}
WHOLE = "whole"
# The section in which each kind of point stands.
SECTION_OF_POINT = {"applies_when": "fits", "not_when": "fits", "steps": "steps", "materials": "materials"}


def section_named(key: str) -> PageSection:
    """The section of that key, the page as a whole for any other."""
    return SECTIONS.get(key, SECTIONS[WHOLE])
