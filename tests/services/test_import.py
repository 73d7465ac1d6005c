import datetime as dt
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from caselib.audit.models import AuditEvent
from caselib.catalog.services import scheme_save
from caselib.core.models import DirtyMark
from caselib.orgs.services import department_save
from caselib.policies.models import Level
from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent, RevisionState
from caselib.precedents.visibility import PrecedentStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hall():
    """The department that takes what belongs to no other."""
    return factories.department("行政服务中心", within=factories.region(), code="D02")


@pytest.fixture
def load(tmp_path):
    """Runs the command over these lines (objects, or text as it stands) and returns what it printed."""

    def run(*lines: object, raw: bytes | None = None, **options: bool | str) -> str:
        path = tmp_path / "import.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path.write_bytes(raw if raw is not None else "\n".join(texts).encode())
        printed = io.StringIO()
        call_command("import_precedents", path, stdout=printed, stderr=printed, **options)
        return printed.getvalue()

    return run


@pytest.fixture
def refuse(tmp_path):
    """Runs the command over text that it has to refuse; returns the lines it named and the message it ended with."""

    def run(text: str | bytes) -> tuple[str, str]:
        path = tmp_path / "refused.jsonl"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        before = Precedent.objects.count()
        named = io.StringIO()
        with pytest.raises(CommandError) as error:
            call_command("import_precedents", path, stdout=io.StringIO(), stderr=named)
        assert Precedent.objects.count() == before
        return named.getvalue(), str(error.value)

    return run


def only() -> Precedent:
    return Precedent.objects.get()


def text_of(precedent: Precedent):
    return content_of(precedent.revisions.get())


def test_id_and_title_alone_make_a_draft(load, hall):
    printed = load({"id": "A-1", "title": "前租户没销照"})

    precedent = only()
    assert precedent.external_id == "A-1"
    assert precedent.status == PrecedentStatus.DRAFT
    assert precedent.number is None
    assert precedent.owner_department == hall
    assert precedent.revisions.get().state == RevisionState.DRAFT
    assert "导入了 1 个案例（存为草稿）" in printed


def test_every_key_lands_in_its_field(load):
    theme = factories.theme("市场准入")
    matter = factories.matter("企业设立登记", theme=theme, aliases=["办营业执照"])
    cause = factories.cause("部门衔接不畅")
    department = department_save(
        region=factories.region(), code="D03", name="区市场监督管理局", short_names=["市场监管局"], actor=None
    )
    load(
        {
            "id": "A-1",
            "title": "前租户没销照",
            "matter": "办营业执照",
            "category": "部门衔接不畅",
            "department": "市场监管局",
            "district": "虹口区",
            "problem": "铺位上前一家没有注销。",
            "blocker": "住所被占用",
            "resolution": "两条线并行。",
            "applicable": ["联系得上", "没有债务"],
            "not_applicable": "在经营异常名录\n已被立案",
            "tags": "执照、注销,住所;住所",
        }
    )

    precedent, text = only(), text_of(only())
    assert precedent.owner_department == department
    assert (precedent.matter, precedent.theme, precedent.region) == (matter, theme, factories.region())
    assert (text.matter, text.causes, text.region) == (matter, (cause,), factories.region())
    assert (text.problem, text.blocker, text.resolution) == ("铺位上前一家没有注销。", "住所被占用", "两条线并行。")
    assert text.applies_when == ("联系得上", "没有债务")
    assert text.not_when == ("在经营异常名录", "已被立案")
    assert set(text.tags) == {"执照", "注销", "住所"}


def test_text_of_an_evaluation_corpus_becomes_the_problem(load):
    load({"id": "s1", "title": "注册会计师法第二十八条", "text": "会计师事务所依法纳税。"})

    assert text_of(only()).problem == "会计师事务所依法纳税。"


def test_long_title_of_an_evaluation_corpus_stands_in_full_before_its_text(load):
    title = "长" * 130
    load({"id": "s1", "title": title, "text": "正文"})

    text = text_of(only())
    assert len(text.title) == 100
    assert text.problem == f"{title}\n正文"


def test_publish_gives_numbers_and_marks_the_index_dirty(load):
    load({"id": "A-1", "title": "一"}, {"id": "A-2", "title": "二"}, publish=True)

    first, second = Precedent.objects.order_by("external_id")
    assert first.status == second.status == PrecedentStatus.PUBLISHED
    assert (first.number[-4:], second.number[-4:]) == ("0001", "0002")
    assert first.live_revision == first.revisions.get()
    assert first.live_revision.state == RevisionState.APPROVED
    assert set(DirtyMark.objects.values_list("object_id", flat=True)) == {first.pk, second.pk}
    assert AuditEvent.objects.filter(action="precedent.imported").get().after["count"] == 2


def test_drafts_mark_nothing_dirty(load):
    load({"id": "A-1", "title": "一"})

    assert not DirtyMark.objects.exists()


def test_dry_run_writes_nothing(load):
    events = AuditEvent.objects.count()
    printed = load({"id": "A-1", "title": "一", "tags": ["新标签"]}, publish=True, dry_run=True)

    assert "检查通过：1 个案例可以导入" in printed
    assert not Precedent.objects.exists()
    assert not DirtyMark.objects.exists()
    assert AuditEvent.objects.count() == events


def test_one_bad_line_keeps_every_line_out(refuse):
    _, message = refuse('{"id": "A-1", "title": "好的"}\n{"id": "A-2"}\n{"id": "A-3", "title": "也好"}\n')

    assert message == "有 1 行不能导入，一行也没有写入。"


BAD_LINES = {
    "no id": ('{"title": "一"}', "没有 id"),
    "empty id": ('{"id": " ", "title": "一"}', "没有 id"),
    "id that is too long": (json.dumps({"id": "x" * 129, "title": "一"}), "id 有 129 个字，最多 128 个"),
    "no title": ('{"id": "1"}', "没有 title"),
    "title that is no text": ('{"id": "1", "title": ["一"]}', "title 要写成文字"),
    "title over 100": (json.dumps({"id": "1", "title": "字" * 101}), "“标题”有 101 个字，最多 100 个"),
    "blocker over 300": (json.dumps({"id": "1", "title": "一", "blocker": "字" * 301}), "“卡点”有 301 个字"),
    "problem over 20,000": (json.dumps({"id": "1", "title": "一", "problem": "字" * 20001}), "最多 20000 个"),
    "matter over 200": (json.dumps({"id": "1", "title": "一", "matter": "字" * 201}), "“事项说明”有 201 个字"),
    "department over 64": (json.dumps({"id": "1", "title": "一", "department": "局" * 65}), "department 有 65 个字"),
    "tag over 32": (json.dumps({"id": "1", "title": "一", "tags": ["签" * 33]}), "太长，最多 32 个字"),
    "category over 32": (json.dumps({"id": "1", "title": "一", "category": "类" * 33}), "作不了标签"),
    "over 100 conditions": (json.dumps({"id": "1", "title": "一", "applicable": list(map(str, range(101)))}), "100 条"),
    "tags that are a number": ('{"id": "1", "title": "一", "tags": 3}', "tags 要写成文字或文字的列表"),
    "a list of numbers": ('{"id": "1", "title": "一", "policies": [1]}', "policies 要写成文字"),
    "broken JSON": ('{"id": "1", "title": ', "不是完整的 JSON"),
    "a list instead of an object": ("[1]", "要写成一个对象"),
    "the same key twice": ('{"id": "1", "title": "一", "title": "二"}', "“title”写了两次"),
    "a number without end": ('{"id": "1", "title": "一", "x": ' + "9" * 5000 + "}", "过长的数字"),
    "nesting without end": ('{"id": "1", "title": "一", "x": ' + "[" * 100_000, "过深的嵌套"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_bad_line_is_named_with_its_number_and_reason(refuse, name):
    line, reason = BAD_LINES[name]
    named, _ = refuse('\n{"id": "ok", "title": "好的"}\n' + line + "\n")

    assert named.startswith("第 3 行：")
    assert reason in named


def test_all_bad_lines_are_named_in_the_order_of_the_file(refuse):
    named, message = refuse(f'{{"id": "1", "title": "{"字" * 101}"}}\n{{}}\n{{"id": "2", "title": "二"}}\n[]\n')

    assert [line.split("：")[0] for line in named.splitlines()] == ["第 1 行", "第 2 行", "第 4 行"]
    assert message.startswith("有 3 行不能导入")


def test_id_twice_in_the_file_names_both_lines(refuse):
    named, _ = refuse('{"id": "A", "title": "一"}\n\n{"id": "A", "title": "二"}\n')

    assert named == "第 3 行：编号“A”在第 1 行已经出现过。\n"


def test_id_that_is_in_the_library_is_refused(load, refuse):
    load({"id": "A", "title": "一"})
    named, _ = refuse('{"id": "B", "title": "二"}\n{"id": "A", "title": "一"}\n')

    assert named == "第 2 行：编号“A”已经导入过了。\n"
    assert only().external_id == "A"


def test_bom_crlf_and_empty_lines_are_read(load):
    load(raw=b'\xef\xbb\xbf{"id": "1", "title": "\xe4\xb8\x80"}\r\n\r\n  \r\n{"id": 2, "title": "\xe4\xba\x8c"}\r\n')

    assert list(Precedent.objects.order_by("pk").values_list("external_id", flat=True)) == ["1", "2"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_other_encodings_are_refused_with_what_to_do(refuse, encoding):
    named, _ = refuse('{"id": "1", "title": "前租户"}'.encode(encoding))

    assert "第 1 行：不是 UTF-8 编码。用 UTF-8 另存一遍再导入。" in named


def test_empty_file_says_so(refuse):
    assert refuse("\n\n") == ("", "文件里没有一行内容，什么也没有导入。")


@pytest.mark.parametrize("path", ["/nonexistent/import.jsonl", "/"])
def test_file_that_cannot_be_read_says_so(path):
    with pytest.raises(CommandError, match=f"读不了文件 {path}"):
        call_command("import_precedents", Path(path))


def test_library_without_departments_says_what_to_do(refuse, hall):
    hall.delete()
    named, _ = refuse('{"id": "1", "title": "一"}')

    assert named == "第 1 行：库里还没有部门。先运行 load_starter，或者先建部门。\n"


def test_unknown_keys_are_reported_and_stop_nothing(load):
    printed = load({"id": "1", "title": "一", "color": "红"}, {"id": "2", "title": "二", "color": "蓝"})

    assert "不认识的键“color”没有读（第 1、2 行）" in printed
    assert Precedent.objects.count() == 2


def test_text_beside_problem_is_an_unknown_key(load):
    printed = load({"id": "1", "title": "一", "problem": "问题", "text": "别的"})

    assert "不认识的键“text”没有读" in printed
    assert text_of(only()).problem == "问题"


def test_unknown_names_are_kept_in_words_and_reported(load, hall):
    printed = load(
        {
            "id": "1",
            "title": "一",
            "matter": "没有的事项",
            "category": "没有的分类",
            "department": "没有的局",
            "district": "没有的区",
            "policies": ["《没有的办法》（国办发〔1999〕999号）"],
        }
    )

    text = text_of(only())
    assert text.matter_note == "没有的事项"
    assert text.lead_org == "没有的局"
    assert text.tags == ("没有的分类",)
    assert [source.name for source in text.sources] == [
        "导入文件写的地区：没有的区",
        "导入文件写的依据：《没有的办法》（国办发〔1999〕999号）",
    ]
    assert set(text.unverified) == {"region", "policies"}
    assert only().owner_department == hall
    for name in ("没有的事项", "没有的分类", "没有的局", "没有的区", "没有的办法"):
        assert name in printed


def test_category_of_an_active_scheme_is_a_class_and_of_an_inactive_one_a_tag(load):
    scheme_save(key="hk", name="虹口", is_active=True, categories=["材料类"], actor=None)
    scheme_save(key="jd", name="嘉定", is_active=False, categories=["流程类"], actor=None)
    load({"id": "1", "title": "一", "category": ["材料类", "流程类"]})

    text = text_of(only())
    assert [category.name for category in text.categories] == ["材料类"]
    assert text.tags == ("流程类",)


def test_department_is_found_in_the_district_by_former_name_and_with_the_district_before_it(load):
    city = factories.region("上海市")
    here, there = factories.region("上海市虹口区", parent=city), factories.region("上海市嘉定区", parent=city)
    rows = {
        region: department_save(region=region, code="D09", name="市场监督管理局", former_names=["工商局"], actor=None)
        for region in (here, there)
    }
    load(
        {"id": "1", "title": "一", "department": "工商局", "district": "嘉定区"},
        {"id": "2", "title": "二", "department": "虹口区市场监督管理局"},
        {"id": "3", "title": "三", "department": "工商局"},
    )

    owners = [row.owner_department for row in Precedent.objects.order_by("external_id")]
    assert owners == [rows[there], rows[here], rows[here]]


@pytest.fixture
def regulation():
    """A regulation with a version that ended and one in force, and a clause in each."""
    policy = policy_create(
        PolicyFacts(
            title="中华人民共和国市场主体登记管理条例",
            short_titles=("登记条例",),
            level=Level.ADMINISTRATIVE_REGULATION,
            region=factories.region(),
            doc_number="国务院令第746号",
        ),
        actor=None,
    )
    clauses = [ClauseFacts(label="第三十三条", ref="33")]
    old = VersionFacts(label="旧", effective_from=dt.date(2010, 1, 1), effective_to=dt.date(2022, 3, 1))
    new = VersionFacts(label="新", effective_from=dt.date(2022, 3, 1))
    policy_version_add(policy, old, clauses=clauses, actor=None)
    return policy_version_add(policy, new, clauses=clauses, actor=None)


@pytest.mark.parametrize(
    "written",
    [
        "国令第746号",
        "《随便写的名字》（国务院令第746号）",
        "《市场主体登记管理条例》",
        "登记条例",
        "市场主体登记管理条例（2021）",
    ],
)
def test_policy_is_cited_in_the_version_in_force_as_a_whole_and_unverified(load, regulation, written):
    load({"id": "1", "title": "一", "policies": [written]})

    citation = only().revisions.get().citations.get()
    assert (citation.version, citation.clause, citation.locator) == (regulation, None, "")
    assert not citation.is_verified
    assert text_of(only()).unverified == ("policies",)


def test_article_that_is_entered_is_cited_as_clause_and_another_as_locator(load, regulation):
    load({"id": "1", "title": "一", "policies": "登记条例第三十三条；登记条例第九十九条第二款"})

    clause, other = only().revisions.get().citations.all()
    assert clause.clause == regulation.clauses.get()
    assert (other.clause, other.locator) == (None, "第99条第2款")


def test_one_text_may_name_several_policies(load, regulation):
    load({"id": "1", "title": "一", "policies": "《市场主体登记管理条例》、《没有的办法》，《也没有、但有顿号的办法》"})

    assert only().revisions.get().citations.get().version == regulation
    assert len(text_of(only()).sources) == 2


def test_policy_without_a_version_in_force_today_is_reported_not_guessed(load):
    policy = policy_create(
        PolicyFacts(title="旧办法", level=Level.NORMATIVE_DOCUMENT, region=factories.region()), actor=None
    )
    policy_version_add(policy, VersionFacts(label="1"), actor=None)
    printed = load({"id": "1", "title": "一", "policies": ["旧办法"]})

    assert not only().revisions.get().citations.exists()
    assert "政策“旧办法”在库里没有今天现行的版本" in printed


@pytest.fixture
def two_halls(hall):
    """A second hall that comes first by the text of its region's path; the one of Hongkou has more departments."""
    other = factories.department("长宁区行政服务中心", within=factories.region("上海市长宁区"), code="D02")
    other.region.path = "/0/"
    other.region.save(update_fields=["path"])
    market = factories.department("区市场监督管理局", within=hall.region, code="D03")
    return {"hongkou": hall, "changning": other, "market": market}


def test_row_without_department_goes_to_the_region_with_the_most_departments(load, two_halls):
    load({"id": "A-1", "title": "没有写部门"}, {"id": "A-2", "title": "写错了", "department": "没有这个局"})

    assert {row.owner_department for row in Precedent.objects.all()} == {two_halls["hongkou"]}


def test_row_without_department_goes_to_the_first_of_halls_of_equal_size(load, hall):
    factories.department(within=factories.region("上海市长宁区"), code="D02")
    load({"id": "A-1", "title": "没有写部门"})

    assert only().owner_department == hall


def test_home_region_of_the_site_takes_rows_without_department(load, two_halls, settings):
    settings.CASELIB_HOME_REGION = "上海市长宁区"
    load({"id": "A-1", "title": "没有写部门"})

    assert only().owner_department == two_halls["changning"]


def test_home_region_that_the_library_does_not_have_stops_no_import(load, two_halls, settings):
    settings.CASELIB_HOME_REGION = "上海市没有区"
    load({"id": "A-1", "title": "没有写部门"})

    assert only().owner_department == two_halls["hongkou"]


def test_region_of_the_command_goes_before_the_one_of_the_site(load, two_halls, settings):
    settings.CASELIB_HOME_REGION = "上海市虹口区"
    load({"id": "A-1", "title": "没有写部门"}, region="上海市长宁区")

    assert only().owner_department == two_halls["changning"]


@pytest.mark.parametrize("name", ["D03", "区市场监督管理局"])
def test_department_of_the_command_takes_rows_without_department(load, two_halls, name):
    load({"id": "A-1", "title": "没有写部门"}, department=name)

    assert only().owner_department == two_halls["market"]


@pytest.mark.parametrize("wrong", [{"region": "上海市没有区"}, {"department": "没有这个局"}])
def test_hall_of_the_command_that_the_library_does_not_have_is_refused(load, two_halls, wrong):
    with pytest.raises(CommandError, match="没有"):
        load({"id": "A-1", "title": "没有写部门"}, **wrong)
    assert not Precedent.objects.exists()


def test_home_hall_without_the_default_department_gives_its_first(load, two_halls):
    two_halls["hongkou"].delete()
    load({"id": "A-1", "title": "没有写部门"}, region="上海市虹口区")

    assert only().owner_department == two_halls["market"]
