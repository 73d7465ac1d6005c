"""Policies of the starter library: each with its versions and clauses, then the links between them."""

from dataclasses import dataclass, field

from caselib.core.errors import RuleBroken
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.policies.services import (
    PolicyFacts,
    clause_counterpart_set,
    policy_create,
    policy_relate,
    policy_version_add,
)

from .files import Library, PolicyFile
from .ground import Ground
from .reading import BrokenFile, Entry

PREFIX = "starter:"


@dataclass(slots=True)
class Shelf:
    """The policies by the keys of their files; versions by (key, label), clauses by (key, label, article)."""

    policies: dict[str, Policy] = field(default_factory=dict)
    versions: dict[tuple[str, str], PolicyVersion] = field(default_factory=dict)
    clauses: dict[tuple[str, str, str], Clause] = field(default_factory=dict)
    added: int = 0

    def version(self, entry: Entry, policy: str, label: str) -> PolicyVersion:
        if policy not in self.policies:
            raise entry.broken("policy", f"没有政策“{policy}”。")
        if (policy, label) not in self.versions:
            raise entry.broken("version", f"政策 {policy} 没有“{label}”这一版。")
        return self.versions[policy, label]

    def clause(self, entry: Entry, policy: str, label: str, article: str) -> Clause:
        self.version(entry, policy, label)
        if (policy, label, article) not in self.clauses:
            raise entry.broken("article", f"政策 {policy} 的“{label}”里没有录入第 {article} 条。")
        return self.clauses[policy, label, article]


def shelf_load(library: Library, ground: Ground) -> Shelf:
    """Adds the policies that are missing and returns all. Call it inside a transaction.

    One that is there already is left as it is, with its versions and clauses. Raises BrokenFile. Writes AuditEvents.
    """
    shelf = Shelf()
    _known(shelf)
    fresh = [policy for policy in library.policies if policy.key not in shelf.policies]
    for policy in fresh:
        _add(policy, ground, shelf)
    # Only now: a clause may have gone into a document that comes later in the folder.
    for policy in fresh:
        _link(policy, shelf)
    shelf.added = len(fresh)
    return shelf


def _known(shelf: Shelf) -> None:
    for policy in Policy.objects.filter(external_id__startswith=PREFIX):
        shelf.policies[policy.external_id.removeprefix(PREFIX)] = policy
    keys = {policy.pk: key for key, policy in shelf.policies.items()}
    for version in PolicyVersion.objects.filter(policy__in=keys):
        shelf.versions[keys[version.policy_id], version.label] = version
    for clause in Clause.objects.filter(version__policy__in=keys).exclude(ref="").select_related("version"):
        shelf.clauses[keys[clause.version.policy_id], clause.version.label, clause.ref] = clause


def _add(file: PolicyFile, ground: Ground, shelf: Shelf) -> None:
    facts = PolicyFacts(region=ground.region(file.entry, file.region), **file.values)
    try:
        policy = policy_create(facts, external_id=f"{PREFIX}{file.key}", actor=None)
        for line in file.versions:
            clauses = [clause.facts for clause in line.clauses]
            version = policy_version_add(policy, line.facts, clauses=clauses, actor=None)
            shelf.versions[file.key, line.facts.label] = version
            for clause in version.clauses.select_related("version").exclude(ref=""):
                shelf.clauses[file.key, line.facts.label, clause.ref] = clause
    except BrokenFile:
        raise
    except RuleBroken as error:
        raise file.entry.broken(error.field, error.message) from error
    shelf.policies[file.key] = policy


def _link(file: PolicyFile, shelf: Shelf) -> None:
    for line in file.versions:
        for clause in line.clauses:
            for entry, policy, version, article in clause.counterparts:
                here = shelf.clause(entry, file.key, line.facts.label, clause.facts.ref)
                clause_counterpart_set(here, shelf.clause(entry, policy, version, article))
    for line in file.related:
        if line.policy not in shelf.policies:
            raise line.entry.broken("policy", f"没有政策“{line.policy}”。")
        policy_relate(
            shelf.policies[file.key],
            shelf.policies[line.policy],
            relation=line.relation,
            kind=line.kind,
            conditions=line.conditions,
            actor=None,
        )
