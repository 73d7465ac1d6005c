"""The answers as text, for clients that read no structure. What is quoted stands behind “> ”, so that nobody takes it for ours."""

from collections.abc import Iterable
from typing import Any

_NO_LINE = ("", None, [], ())


def _quote(label: str, value: Any) -> Iterable[str]:
    """A label with the quoted text below it; nothing for no text. Each line of it is marked."""
    if value in _NO_LINE:
        return
    lines = value.splitlines() if isinstance(value, str) else [str(each) for each in value]
    yield f"{label}："
    yield from (f"> {part}" for line in lines for part in line.splitlines() or [""])


def _head(each: dict[str, Any]) -> Iterable[str]:
    yield f"【{each['number'] or each['code']}】第 {each['version']} 版 · {each['kind']} · 信号：{each['signal']}"
    yield from _quote("标题", each["title"])
    yield from _quote("原因", each["reasons"])


def _line(each: dict[str, Any]) -> Iterable[str]:
    yield from _head(each)
    yield from _quote("要旨", each["gist"])
    yield from _quote("口径", each["script"])
    yield from _quote("谁能定", each["who_can_decide"])
    yield from _quote("依据", each["basis"])
    yield f"链接：{each['link']}"


def _ended(lines: Iterable[str], answer: dict[str, Any]) -> str:
    return "\n".join([*lines, "", answer["notice"]])


def of_search(answer: dict[str, Any]) -> str:
    lines = [answer["told"]] if answer["told"] else [f"找到 {len(answer['precedents'])} 件（{answer['on']}）。"]
    lines += answer["notes"]
    if answer["routing_card"] and not answer["fits"]:
        lines += ["", "分流卡：", *_line(answer["routing_card"])]
    for each in answer["precedents"]:
        lines += ["", *_line(each)]
    if answer["nearest_for_reference_only"]:
        lines += ["", "最接近的，仅供参考，不能当答案："]
        for each in answer["nearest_for_reference_only"]:
            lines += [*_head(each), f"链接：{each['link']}"]
    return _ended(lines, answer)


def of_precedent(answer: dict[str, Any]) -> str:
    each = answer["precedent"]
    lines = [*_head(each)]
    for label, name in (("长效做法", "lasting_rule"), ("要旨", "gist"), ("口径", "script"), ("问题", "problem")):
        lines += _quote(label, each[name])
    lines += _quote("都要符合", each["applies_when"])
    lines += _quote("有这些情形就不适用", each["not_when"])
    lines += _quote("怎么办", each["resolution"])
    lines += _quote("步骤", [f"{step['what']}（{step['who'] or '没写谁办'}）" for step in each["steps"]])
    lines += _quote("材料", [_material(material) for material in each["materials"]])
    lines += _quote("谁能定", each["who_can_decide"])
    lines += _quote("牵头", each["lead_org"])
    for cited in each["citations"]:
        words = cited["text"] or (f"{cited['paraphrase']}（条文大意）" if cited["paraphrase"] else "")
        lines += _quote(f"{cited['relation']} {cited['cited']}（{cited['validity']}）", words or "没有录入条文")
    lines.append(f"链接：{each['link']}")
    return _ended(lines, answer)


def _material(material: dict[str, Any]) -> str:
    marks = [
        word for word, is_so in (("可后补", material["deferrable"]), ("视情况", not material["required"])) if is_so
    ]
    return f"{material['name']}（{'、'.join(marks)}）" if marks else material["name"]


def of_clause(answer: dict[str, Any]) -> str:
    policy, version = answer["policy"], answer["version"]
    lines = [f"《{policy['title']}》{policy['document_number']}，{answer['on']}"]
    if version:
        checked = "已核对原文" if version["verified"] else "待核"
        lines.append(f"适用的版本：{version['label']}（{version['validity']}，{checked}）")
    if answer["told"]:
        lines.append(answer["told"])
    for clause in answer["clauses"]:
        words = clause["text"] or (
            f"{clause['paraphrase']}（条文大意，不是原文）" if clause["paraphrase"] else "没有录入条文"
        )
        state = "，已失效" if clause["repealed"] else ""
        lines += ["", *_quote(f"{clause['label']}{state}{'' if clause['verified'] else '（待核）'}", words)]
        lines.append(f"链接：{clause['link']}")
    return _ended([*lines, f"文件：{policy['link']}"], answer)


def of_impact(answer: dict[str, Any]) -> str:
    policy = answer["policy"]
    lines = [f"《{policy['title']}》{answer['version']}：{answer['total']} 件案例依据它。"]
    if answer["told"]:
        lines.append(answer["told"])
    lines += [f"{each['name']} {each['count']} 件" for each in answer["departments"]]
    for each in answer["precedents"]:
        lines += ["", *_head(each), *_quote("所引", each["clauses"]), f"链接：{each['link']}"]
    if answer["left_out"]:
        lines += ["", f"还有 {answer['left_out']} 件没有列出，看清单：{answer['link']}"]
    return _ended(lines, answer)
