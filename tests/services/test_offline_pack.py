"""An offline pack: complete, signed, told apart from every other folder, and put in its place as a whole or not at all."""

import datetime as dt
import errno
import json
import os
import re
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken
from caselib.offline import placing, services
from caselib.offline.halls import hall_named, hall_of_department
from caselib.offline.manifest import NAME, pack_verify, public_key
from caselib.offline.services import pack_export
from caselib.precedents.content import Alternative, HandlingStep, Material
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Kind, Measure
from tests import factories

pytestmark = pytest.mark.django_db
DAY = "2026-03-12 10:00 +0800"
TODAY = dt.date(2026, 3, 12)


@pytest.fixture
def clause():
    return factories.clause(33, title="登记条例")


@pytest.fixture
def precedent(clause):
    made = factories.published(
        title="前租户未注销致新商户办不了执照",
        script="这个地址上前一家还没注销，我们来联系他。",
        handling_steps=(HandlingStep("联系前租户", who="登记窗口", day=0),),
        materials=(Material("租赁合同", correct_sample="写明铺位号", deferrable=True),),
        alternatives=(Alternative("简易注销", "强制注销"),),
        who_can_decide="区级市场监管部门",
        measure=Measure.LASTING,
        lasting_rule="已写进窗口办事指南。",
        matter=factories.matter(),
        causes=(factories.cause("系统故障"),),
        citations=(factories.citation(clause),),
    )
    return made


@pytest.fixture
def hall(precedent):
    return hall_of_department(precedent.owner_department)


@pytest.fixture
def pack(tmp_path, hall) -> Path:
    folder = tmp_path / "pack"
    with time_machine.travel(DAY):
        pack_export(folder, hall=hall, days=7, actor=None)
    return folder


def text_of(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".js", ".json"})


def test_a_precedent_has_its_thirty_second_page_with_the_words_of_its_clauses(pack, precedent):
    page = (pack / f"p/{precedent.code}.html").read_text()
    for words in (
        precedent.number, "第 1 版", "可用", precedent.live_revision.gist, precedent.live_revision.script, "前租户联系得上",
        "前租户在经营异常名录", "联系前租户", "租赁合同", "写明铺位号", "可后补", "强制注销", "区级市场监管部门", "已写进窗口办事指南",
        "第33条", "公示期二十日", "条文大意", "签发 2026-03-12", "用到 2026-03-19", "案例不是依据",
    ):  # fmt: skip
        assert words in page, words


def test_the_first_page_begins_with_what_was_done_by_hand_and_lists_matters_causes_and_policies(
    pack, precedent, clause
):
    page = (pack / "index.html").read_text()
    assert page.index("系统故障，先看这里") < page.index(precedent.live_revision.title) < page.index("按事项找")
    paths = re.findall(r'href="((?:m|c|law|p)/[^"]+)"', page)
    assert {path.split("/")[0] for path in paths} == {"m", "c", "law", "p"}
    assert all((pack / path).is_file() for path in paths)
    assert "登记条例" in (pack / f"law/{clause.version.policy.code}-1.html").read_text()


def test_every_link_of_every_page_leads_to_a_file_of_the_pack_and_nothing_leads_out(pack):
    for path in pack.rglob("*.html"):
        page = path.read_text()
        for address in re.findall(r'(?:href|src)="([^"]*)"', page):
            assert not address.startswith(("/", "http:", "https:", "//")), (path.name, address)
            name = address.partition("#")[0]
            assert not name or (path.parent / name).is_file(), (path.name, address)
        assert "Content-Security-Policy" in page
        assert "<!--icons-->" not in page
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", (pack / "assets/offline.js").read_text())


def test_numbers_and_addresses_in_a_text_lead_within_the_pack_or_nowhere(tmp_path, precedent):
    other = factories.published(
        owner=precedent.owner_department,
        resolution=f'看 {precedent.number}，不看 310109-2020-D99-0001，也不看 https://example.org/a 和 <a href="/x">这里</a>',
    )
    folder = tmp_path / "linked"
    pack_export(folder, hall=hall_of_department(precedent.owner_department), days=7, actor=None)
    page = (folder / f"p/{other.code}.html").read_text()
    assert f'href="../p/{precedent.code}.html"' in page
    assert "310109-2020-D99-0001" in page
    assert '<a href="/x"' not in page
    assert 'href="http' not in page


def test_the_signal_and_its_reasons_are_those_of_the_day_of_issue(tmp_path, precedent, hall):
    precedent_doubt(precedent, reason="所引条例已修改", actor=None)
    pack_export(tmp_path / "pack", hall=hall, days=7, actor=None)
    page = (tmp_path / f"pack/p/{precedent.code}.html").read_text()
    assert "signalbar--care" in page
    assert "所引条例已修改" in page


def test_every_open_point_stands_on_the_page_and_not_the_first_alone(tmp_path, precedent, hall):
    for reason in ("名录查法改了，先打电话问。", "股东失联时不能用。"):
        precedent_doubt(precedent, reason=reason, actor=None)
    pack_export(tmp_path / "pack", hall=hall, days=7, actor=None)
    page = (tmp_path / f"pack/p/{precedent.code}.html").read_text()
    assert "名录查法改了，先打电话问。" in page
    assert "股东失联时不能用。" in page


@time_machine.travel(DAY)
def test_what_held_between_two_rules_only_is_left_out_when_that_is_over(tmp_path, hall, precedent):
    over = factories.published(owner=precedent.owner_department, applies_until=dt.date(2026, 3, 12))
    kept = factories.published(owner=precedent.owner_department, applies_until=dt.date(2026, 3, 13))
    pack_export(tmp_path / "pack", hall=hall, days=7, actor=None)
    assert not (tmp_path / f"pack/p/{over.code}.html").exists()
    assert (tmp_path / f"pack/p/{kept.code}.html").exists()


def test_samples_and_cards_say_what_they_are(tmp_path, hall, precedent):
    owner = precedent.owner_department
    sample = factories.published(owner=owner, kind=Kind.CAUSE_SAMPLE)
    card = factories.published(owner=owner, kind=Kind.ROUTING_CARD)
    pack_export(tmp_path / "pack", hall=hall, days=7, actor=None)
    assert "不要照办" in (tmp_path / f"pack/p/{sample.code}.html").read_text()
    assert "分流卡" in (tmp_path / f"pack/p/{card.code}.html").read_text()


def test_the_manifest_names_every_file_for_whom_it_is_and_until_when(pack, hall):
    manifest = json.loads((pack / NAME).read_text())
    assert (manifest["hall"], manifest["count"], manifest["days"]) == (hall.name, 1, 7)
    assert (manifest["issued_at"], manifest["valid_until"]) == ("2026-03-12T10:00:00+08:00", "2026-03-19")
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == there - {NAME}
    verdict = pack_verify(pack, today=TODAY)
    assert verdict.is_whole
    assert not verdict.is_expired


def _change(pack: Path) -> None:
    (pack / "index.html").write_text("可用")


def _add(pack: Path) -> None:
    (pack / "p/new.html").write_text("x")


def _remove(pack: Path) -> None:
    (pack / "assets/offline.js").unlink()


def _link(pack: Path) -> None:
    (pack / "index.html").unlink()
    (pack / "index.html").symlink_to("/etc/hostname")


def _prolong(pack: Path) -> None:
    path = pack / NAME
    path.write_text(path.read_text().replace('"2026-03-19"', '"2030-01-01"'))


def _cover(pack: Path) -> None:
    """A changed file with its new digest in the list: only the signature tells."""
    _change(pack)
    from caselib.offline.manifest import digest_of

    manifest = json.loads((pack / NAME).read_text())
    manifest["files"]["index.html"] = digest_of(pack / "index.html")
    (pack / NAME).write_text(json.dumps(manifest))


TAMPERED = {
    _change: "changed",
    _add: "added",
    _remove: "missing",
    _link: "changed",
    _prolong: "is_signed",
    _cover: "is_signed",
}


@pytest.mark.parametrize("tamper", TAMPERED, ids=[each.__name__ for each in TAMPERED])
def test_what_was_changed_added_or_taken_is_found(pack, tamper):
    tamper(pack)
    verdict = pack_verify(pack, today=TODAY)
    assert not verdict.is_whole
    told = getattr(verdict, TAMPERED[tamper])
    assert told is False if TAMPERED[tamper] == "is_signed" else len(told) == 1


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{}", '{"schema": "other"}', "\x00", "[" * 100_000],
)
def test_a_folder_without_our_manifest_is_no_pack(tmp_path, manifest):
    (tmp_path / NAME).write_text(manifest)
    assert pack_verify(tmp_path, today=TODAY) is None
    assert pack_verify(tmp_path / "nothing", today=TODAY) is None


@pytest.mark.parametrize("files", [{"../../etc/passwd": "0"}, {"/etc/passwd": "0"}, [], None, 5, True, {"": ""}])
def test_a_made_up_manifest_reads_no_file_outside_of_the_folder(tmp_path, files):
    plain = {"schema": "caselib.offline/1", "files": files, "valid_until": "9999-01-01", "signature": "AAAA"}
    (tmp_path / NAME).write_text(json.dumps(plain))
    verdict = pack_verify(tmp_path, today=TODAY)
    assert (verdict.is_signed, verdict.changed, verdict.missing) == (False, (), ())


def test_what_a_made_up_manifest_says_of_itself_drives_no_terminal(tmp_path):
    plain = {"schema": "caselib.offline/1", "files": {}, "hall": "\x1b[2J\ud800大厅\x07", "valid_until": "9999-01-01"}
    (tmp_path / NAME).write_text(json.dumps(plain))
    (tmp_path / "\x1b[2Jp.html").write_text("")
    out = TextIOWrapper(BytesIO(), encoding="utf-8")
    with pytest.raises(CommandError, match="重新导出"):
        call_command("verify_offline", str(tmp_path), stdout=out)
    out.seek(0)
    told = out.read()
    assert "大厅" in told
    assert "\x1b" not in told


def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(pack):
    (pack / "index.html").unlink()
    os.mkfifo(pack / "index.html")
    assert pack_verify(pack, today=TODAY).changed == ("index.html",)


def test_only_the_site_can_sign_and_everybody_with_its_key_can_check(pack, settings):
    key = public_key()
    settings.SECRET_KEY = "another-secret-of-another-site"
    assert not pack_verify(pack, today=TODAY).is_signed
    assert pack_verify(pack, today=TODAY, key=key).is_whole


def test_verify_tells_in_words_what_is_wrong_and_ends_with_an_error(pack):
    out = StringIO()
    with time_machine.travel(DAY):
        call_command("verify_offline", str(pack), stdout=out)
    assert "没有改动，在有效期内" in out.getvalue()
    _change(pack)
    _add(pack)
    _remove(pack)
    with time_machine.travel("2026-03-20 10:00 +0800"), pytest.raises(CommandError, match="重新导出"):
        call_command("verify_offline", str(pack), stdout=out)
    for words in (
        "改动过的文件（1 个）：index.html",
        "缺的文件（1 个）：assets/offline.js",
        "多出来的文件（1 个）：p/new.html",
        "已过期",
    ):
        assert words in out.getvalue()


@pytest.mark.parametrize(("today", "is_expired"), [("2026-03-19", False), ("2026-03-20", True)])
def test_a_pack_holds_on_its_last_day_and_no_longer(pack, today, is_expired):
    assert pack_verify(pack, today=dt.date.fromisoformat(today)).is_expired is is_expired


def test_an_export_is_an_event_with_the_hall_the_count_and_the_digest(pack, hall):
    event = AuditEvent.objects.get(action=Action.OFFLINE_EXPORTED)
    import hashlib

    digest = hashlib.sha256((pack / NAME).read_bytes()).hexdigest()
    assert event.after == {"hall": hall.name, "count": 1, "days": 7, "digest": digest}
    assert event.actor is None


def test_a_pack_takes_the_place_of_one_of_ours_and_of_nothing_else(pack, hall, tmp_path, precedent):
    (pack / "old.html").write_text("old")
    pack_export(pack, hall=hall, days=3, actor=None)
    assert not (pack / "old.html").exists()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.docx").write_text("years of work")
    linked = tmp_path / "linked"
    linked.symlink_to(pack)
    plain = tmp_path / "plain"
    plain.write_text("x")
    for target in (foreign, linked, plain):
        with pytest.raises(RuleBroken):
            pack_export(target, hall=hall, days=7, actor=None)
    assert (foreign / "thesis.docx").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign", "linked", "pack", "plain"]


def test_a_full_disk_leaves_the_pack_that_was_there_and_no_event(pack, hall, monkeypatch):
    before = text_of(pack)
    real = services._Maker._write

    def full(self, path, data):
        if path.startswith("data/"):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(self, path, data)

    monkeypatch.setattr(services._Maker, "_write", full)
    with pytest.raises(RuleBroken, match="磁盘满了") as refused:
        pack_export(pack, hall=hall, days=7, actor=None)
    assert "没有动" in refused.value.message
    assert text_of(pack) == before
    assert [path.name for path in pack.parent.iterdir()] == ["pack"]
    assert AuditEvent.objects.filter(action=Action.OFFLINE_EXPORTED).count() == 1


def test_a_rename_that_fails_brings_the_old_pack_back(pack, hall, monkeypatch):
    before = text_of(pack)
    real = Path.rename

    def refused(self, target):
        if ".making-" in self.name:
            raise OSError(errno.EACCES, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(placing.Path, "rename", refused)
    with pytest.raises(RuleBroken):
        pack_export(pack, hall=hall, days=7, actor=None)
    assert text_of(pack) == before
    assert AuditEvent.objects.filter(action=Action.OFFLINE_EXPORTED).count() == 1


def test_a_pack_that_a_killed_run_moved_aside_is_put_back_before_anything_else(pack, hall, monkeypatch):
    before = text_of(pack)
    pack.rename(pack.parent / ".pack.old-abc")
    (pack.parent / ".pack.old-foreign").mkdir()

    def killed(*arguments, **named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(services, "pack_build", killed)
    with pytest.raises(RuleBroken):
        pack_export(pack, hall=hall, days=7, actor=None)
    assert text_of(pack) == before


def test_a_file_that_cannot_be_read_is_told(pack, monkeypatch):
    from caselib.offline import manifest

    def unreadable(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(manifest, "digest_of", unreadable)
    with pytest.raises(CommandError, match="读不出来"):
        call_command("verify_offline", str(pack))


@pytest.mark.parametrize("days", [0, -1, 91])
def test_days_out_of_range_are_refused(tmp_path, hall, days):
    with pytest.raises(RuleBroken, match="有效期"):
        pack_export(tmp_path / "pack", hall=hall, days=days, actor=None)


def test_a_hall_is_named_by_code_or_name_and_never_guessed(precedent):
    owner = precedent.owner_department
    assert hall_named(department=owner.code).place == owner
    assert hall_named(department=owner.name, region=owner.region.full_name).place == owner
    assert hall_named(region=owner.region.full_name).place == owner.region
    factories.department(owner.name, within=factories.region("上海市嘉定区"), code=owner.code)
    for named, code in (
        ({}, "required"),
        ({"department": "没有"}, "unknown"),
        ({"region": "没有"}, "unknown"),
        ({"department": owner.code}, "ambiguous"),
    ):
        with pytest.raises(RuleBroken) as refused:
            hall_named(**named)
        assert refused.value.code == code


def test_an_empty_library_makes_a_pack_that_says_so(tmp_path):
    pack_export(tmp_path / "pack", hall=hall_of_department(factories.department()), days=7, actor=None)
    page = (tmp_path / "pack/index.html").read_text()
    assert "0 件案例" in page
    assert "库里还没有系统故障的案例" in page


def test_a_text_cannot_break_out_of_the_index_or_the_page(tmp_path, hall, precedent):
    nasty = "</script><script>alert(1)</script>\u2028\"'\\<img src=x onerror=alert(1)>"
    factories.published(owner=precedent.owner_department, title="标题" + nasty, gist=nasty, requester_wording=(nasty,))
    pack_export(tmp_path / "pack", hall=hall, days=7, actor=None)
    for path in (tmp_path / "pack").rglob("*.html"):
        assert "<script>" not in path.read_text()
        assert "<img" not in path.read_text()
    script = (tmp_path / "pack/data/index.js").read_text()
    assert "\u2028" not in script
    entries = json.loads(script.removeprefix("window.caselibPack=").rstrip(";\n"))
    assert len(entries) == 2
