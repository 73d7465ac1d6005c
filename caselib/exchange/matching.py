"""Names as people write them, matched to the rows of this library. What fits nothing is kept in words and reported."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext

from caselib.catalog.models import Category, Cause, Matter, MatterTheme
from caselib.core.errors import RuleBroken
from caselib.core.text import article_refs, document_numbers, normalise
from caselib.orgs.models import Department, Region
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.precedents.content import CitationSpec
from caselib.precedents.models import Relation

# The department of a region that takes what belongs to no other: the hall itself, in the starter library.
DEFAULT_DEPARTMENT = "D02"
LOCATOR_LENGTH = 64
_QUOTED = re.compile(r"《([^《》]+)》")
_BRACKETS = re.compile(r"[(（\[〔【][^()（）\[\]〔〕【】]*[)）\]〕】]")
_ARTICLES = re.compile(r"第\s*[\d零〇一二两三四五六七八九十百千]+\s*条.*$", re.DOTALL)
_STATE = "中华人民共和国"


def key_of(name: str) -> str:
    """Equal for names that differ only in width, script, case, spaces or quotation marks."""
    return re.sub(r"[\s《》\"“”]", "", normalise(name))


@dataclass(slots=True)
class Vocabulary:
    """The names that the library knows, read once for a whole import; a few queries whatever its size."""

    matters: dict[str, Matter] = field(default_factory=dict)
    themes: dict[str, MatterTheme] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    departments: dict[str, list[Department]] = field(default_factory=dict)
    default_department: Department | None = None
    policies_by_number: dict[str, Policy] = field(default_factory=dict)
    policies_by_title: dict[str, Policy] = field(default_factory=dict)
    versions: dict[int, PolicyVersion] = field(default_factory=dict)
    clauses: dict[tuple[int, str], Clause] = field(default_factory=dict)
    versions_by_label: dict[tuple[int, str], PolicyVersion] = field(default_factory=dict)
    _all_clauses: dict[int, dict[str, Clause]] = field(default_factory=dict)

    @classmethod
    def load(cls, *, on: dt.date, region: str = "", department: str = "") -> "Vocabulary":
        """Reads everything; `on` is the day whose policy versions are meant.

        `region` and `department` name the default department as `_default_department` reads them. Raises RuleBroken
        for one that the library does not have.
        """
        words = cls()
        words._load_catalogue()
        words._load_places(region=region, department=department)
        words._load_policies(on)
        return words

    def department(self, name: str, *, region: Region | None) -> Department | None:
        """The department of that name, short or former name: the region's own, or else the only one, or None."""
        found = self.departments.get(key_of(name), [])
        if region is not None:
            near = [row for row in found if row.region_id in region.ancestor_ids]
            # The longest path is the nearest: the district's office before the city's.
            if near:
                return max(near, key=lambda row: len(row.region.path))
        home = self.default_department
        local = [row for row in found if home is not None and row.region_id == home.region_id]
        return local[0] if local else (found[0] if len(found) == 1 else None)

    def citation(self, text: str) -> CitationSpec | None:
        """The version that applied on the day, for a policy named by number or else by title; None for an unknown one.

        An article that the version has as a clause is cited as such; another stays as a locator. Never verified.
        """
        policy = self._policy(text)
        version = self.versions.get(policy.pk) if policy else None
        if version is None:
            return None
        articles = article_refs(text)
        clause = next((found for ref in articles if (found := self.clauses.get((version.pk, ref)))), None)
        locator = "" if clause else "、".join(_label(ref) for ref in articles)[:LOCATOR_LENGTH]
        return CitationSpec(version=version, clause=clause, locator=locator, relation=Relation.BASIS)

    def version(self, *, number: str, title: str, label: str) -> PolicyVersion | None:
        """The version of that label, of the policy with that number or else that title, whenever it applied."""
        policy = self._policy(number) or self._policy(f"《{title}》")
        return self.versions_by_label.get((policy.pk, label)) if policy else None

    def clause(self, version: PolicyVersion, ref: str) -> Clause | None:
        """The clause of any version. 1 query for each version that is asked for."""
        if version.pk not in self._all_clauses:
            rows = Clause.objects.filter(version=version).exclude(ref="").order_by("-position")
            self._all_clauses[version.pk] = {row.ref: row for row in rows}
        return self._all_clauses[version.pk].get(ref)

    def _policy(self, text: str) -> Policy | None:
        for number in document_numbers(text):
            # Words of the sentence may stand before the agency's code: 另见国办发|2022|5.
            for start in range(number.index("|")):
                if number[start:] in self.policies_by_number:
                    return self.policies_by_number[number[start:]]
        titles = [*_QUOTED.findall(text), _ARTICLES.sub("", _BRACKETS.sub("", text))]
        return next((found for title in titles if (found := self.policies_by_title.get(_title_key(title)))), None)

    def _load_catalogue(self) -> None:
        for matter in Matter.objects.select_related("theme", "merged_into__theme"):
            # A matter that was merged stands for the one that took its place.
            _add(self.matters, [matter.name, *matter.aliases], matter.merged_into or matter)
        for theme in MatterTheme.objects.all():
            _add(self.themes, [theme.name], theme)
        for cause in Cause.objects.all():
            _add(self.causes, [cause.name], cause)
        for category in Category.objects.filter(is_active=True, scheme__is_active=True).select_related("scheme"):
            _add(self.categories, [category.name, str(category)], category)

    def _load_places(self, *, region: str, department: str) -> None:
        for place in Region.objects.order_by("path"):
            _add(self.regions, [place.full_name, place.name], place)
        rows = list(Department.objects.select_related("region").order_by("region__path", "code"))
        for row in rows:
            for name in [row.name, *row.short_names, *row.former_names]:
                for prefix in ("", row.region.name, row.region.full_name):
                    named = self.departments.setdefault(key_of(prefix + name), [])
                    if row not in named:
                        named.append(row)
        self.default_department = _default_department(rows, region=region, department=department)

    def _load_policies(self, on: dt.date) -> None:
        for policy in Policy.objects.prefetch_related("versions").order_by("pk"):
            versions = list(policy.versions.all())
            for number in _numbers(policy, versions):
                self.policies_by_number.setdefault(number, policy)
            titles = [policy.title, *policy.short_titles, *(row.title for row in versions if row.title)]
            for title in titles:
                self.policies_by_title.setdefault(_title_key(title), policy)
            for version in versions:
                self.versions_by_label[policy.pk, version.label] = version
                if version.applied_on(on):
                    self.versions[policy.pk] = version
        in_force = [version.pk for version in self.versions.values()]
        for clause in Clause.objects.filter(version__in=in_force).exclude(ref="").order_by("position"):
            self.clauses.setdefault((clause.version_id, clause.ref), clause)


def _default_department(rows: list[Department], *, region: str, department: str) -> Department | None:
    """The department of the home hall that takes what belongs to no other; None in a library without departments.

    `department` is its name or code, else it is the hall itself (D02), else the first one there. Raises RuleBroken when
    the home hall has no such department.
    """
    home = _home_departments(rows, region=region)
    if department:
        named = [row for row in home if key_of(department) in {key_of(row.name), key_of(row.code)}]
        if not named:
            where = f"{home[0].region}" if home else "库"
            raise RuleBroken(
                gettext("{where}里没有部门“{department}”，什么也没有导入。写全称或者代码。").format(
                    where=where, department=department
                ),
                code="no_department",
            )
        return named[0]
    return next((row for row in home if row.code == DEFAULT_DEPARTMENT), next(iter(home), None))


def _home_departments(rows: list[Department], *, region: str) -> list[Department]:
    """The departments of the home hall: of the region named, else of the site's own, else of the one that has most.

    Raises RuleBroken when `region` names one without departments. A setting that names one is passed over, so that the
    bare command always works; the remarks of the import say where rows went.
    """
    for name in filter(None, (region, settings.CASELIB_HOME_REGION)):
        home = [row for row in rows if key_of(row.region.full_name) == key_of(name)]
        if home:
            return home
        if region:
            raise RuleBroken(
                gettext("库里没有地区“{region}”的部门，什么也没有导入。写地区全称。").format(region=region),
                code="no_region",
            )
    counts = Counter(row.region_id for row in rows)
    most = min(counts, key=lambda pk: (-counts[pk], pk), default=None)
    return [row for row in rows if row.region_id == most]


def _add(table: dict, names: Iterable[str], row: object) -> None:
    for name in names:
        table.setdefault(key_of(name), row)


def _numbers(policy: Policy, versions: Iterable[PolicyVersion]) -> Iterator[str]:
    yield from filter(None, [policy.number_key])
    for text in (policy.doc_number, *(version.doc_number for version in versions)):
        yield from document_numbers(text)


def _title_key(title: str) -> str:
    return key_of(title).removeprefix(_STATE)


def _label(ref: str) -> str:
    """33/2/3 as 第33条第2款第3项."""
    return "".join(f"第{number}{unit}" for number, unit in zip(ref.split("/"), "条款项", strict=False))
