"""A starter library of one precedent in a temporary folder, for the rules of the loader."""

from pathlib import Path
from typing import Any

import yaml

from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.exchange.starter.files import read_library
from caselib.exchange.starter.load import Tally, library_load
from caselib.orgs.models import Department, Region, User
from caselib.policies.models import Policy
from caselib.precedents.models import Doubt, Precedent, Revision

HALL = "上海市虹口区"


def case(key: str, **values: Any) -> dict[str, Any]:
    return {
        "key": key,
        "owner_department": "D02",
        "title": f"{key} 的标题",
        "gist": "先帮前租户注销。",
        "matter": "企业设立登记",
        "theme": "企业开办与变更",
        "region": HALL,
        "occurred": "2023-01",
        "problem": "前租户没有注销。",
        "blocker": "住所被占用",
        "causes": ["材料缺失"],
        "classifications": {"hongkou": "需加急"},
        "resolution": "走简易注销。",
        "applies_when": ["前租户联系得上"],
        "not_when": ["前租户失联"],
        "citations": [{"policy": "P05", "version": "2021", "article": 33, "relation": "basis", "verified": True}],
        "unverified": ["classifications"],
        **values,
    }


def policy(key: str = "P05", **values: Any) -> dict[str, Any]:
    clause = {"article": 33, "label": "第三十三条", "gist": "简易注销公示二十日。", "verified": "text"}
    return {
        "key": key,
        "title": "市场主体登记管理条例",
        "doc_number": "国务院令第746号",
        "level": "administrative_regulation",
        "region": "国家",
        "status": "in_force",
        "verified": {"title": "text"},
        "versions": [{"label": "2021", "effective_from": "2022-03-01", "verified": "text", "clauses": [clause]}],
        **values,
    }


def small_library(tmp_path: Path) -> Path:
    """A library of two regions, one department, one policy and one precedent."""
    accounts = [
        {"username": name, "display_name": name, "role": name, "region": HALL, "departments": ["D02"]}
        for name in ("editor", "reviewer", "window")
    ]
    regions = [
        {"full_name": "国家", "name": "国家"},
        {"full_name": HALL, "name": "虹口区", "parent": "国家", "code": "310109"},
    ]
    scheme = {"key": "hongkou", "name": "虹口四类", "categories": ["需加急"]}
    write(tmp_path, "regions.yaml", regions)
    write(tmp_path, "departments.yaml", [{"code": "D02", "name": "虹口区行政服务中心", "region": HALL}])
    write(tmp_path, "vocabularies.yaml", {"themes": ["企业开办与变更"], "causes": ["材料缺失"], "schemes": [scheme]})
    write(tmp_path, "matters.yaml", [{"name": "企业设立登记", "theme": "企业开办与变更", "audience": "法人"}])
    write(tmp_path, "accounts.yaml", accounts)
    write(tmp_path, "policies/P05.yaml", policy())
    write(tmp_path, "precedents/S-01.yaml", case("S-01"))
    return tmp_path


def write(folder: Path, name: str, data: Any) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def load(folder: Path, **options: Any) -> Tally:
    options.setdefault("demo_password", "hall-demo-2026")
    return library_load(read_library(folder), now=clock.now(), say=lambda line: None, **options)


def found(key: str = "S-01") -> Precedent:
    return Precedent.objects.get(external_id=f"starter:{key}")


def snapshot() -> list[Any]:
    rows = [Precedent, Revision, Doubt, Policy, Matter, Region, Department, User, AuditEvent]
    return [sorted(model.objects.values_list("pk", flat=True)) for model in rows]
