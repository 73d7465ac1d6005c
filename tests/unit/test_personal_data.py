"""What counts as personal data, what only looks like it, and what a masked text says instead."""

import pytest

from caselib.core.personal_data import Kind, Severity, find, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证11010519491231002X，", "身份证〔身份证号〕，"),
        ("３１０１０１１９９００１０１００１２", "〔身份证号〕"),
        ("3101 0119 9001 0100 12", "〔身份证号〕"),
        ("12 3101 0119 9001 0100 12", "12 〔身份证号〕"),
        ("老身份证310101600101123", "老身份证〔身份证号〕"),
        ("310101********0012", "〔遮挡过的号码〕"),
        ("电话+86 138-0013-8000。", "电话〔手机号〕。"),
        ("一三八零零一三八零零零", "〔手机号〕"),
        ("周一13800138000打来", "周一〔手机号〕打来"),
        ("1\u200b38\u206000138\ufeff000转告", "〔手机号〕转告"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "〔手机号〕"),
        ("021-52345678", "〔电话号码〕"),
        ("电话52345678", "电话〔电话号码〕"),
        ("6217 0012 3456 7890 122", "〔银行卡号〕"),
        ("6217001234567890122 13", "〔银行卡号〕 13"),
        ("91350100M000100Y43", "〔统一社会信用代码〕"),
        ("D2143569-X", "〔组织机构代码〕"),
        ("沪A·D12345", "〔车牌号〕"),
        ("护照E12345678", "护照〔护照号〕"),
        ("回乡证H12345678", "回乡证〔通行证号〕"),
        ("台胞证12345678", "台胞证〔通行证号〕"),
        ("810000199408230021", "〔居住证号〕"),
        ("军字第123456号", "〔军官证号〕"),
        ("社保卡A12345678", "社保卡〔社保卡号〕"),
        ("邮箱ABC@example.com", "邮箱〔电子邮箱〕"),
        ("abc@example.com310101199001010012", "〔电子邮箱〕〔身份证号〕"),
        ("微信号abcdef", "微信号〔微信号〕"),
        ("QQ：12345678", "QQ：〔QQ号〕"),
        ("某路123弄45号678室，", "某路〔住址〕，"),
        ("某路五十弄三号二零一室", "某路〔住址〕"),
        ("（2023）沪0109民初1234号", "〔案号〕"),
        ("受理号SH20230001234", "受理号〔办件编号〕"),
        ("张女士", "〔姓名〕女士"),
        ("欧阳明的电话", "〔姓名〕的电话"),
        ("请找李小红电话", "请找〔姓名〕电话"),
        ("出生日期：1990年1月1日", "出生日期：〔出生日期〕"),
        ("12345.67元", "〔金额〕元"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(text, masked):
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "310101199001010013", "310109-2026-D03-0023", "11310109425031234720001090350000", "000109035000",
        "国办发〔2022〕5号", "GB/T 22239-2019", "200080", "12345", "021-12345", "0756-6142000", "hall@sh.gov.cn",
        "李某、李某某", "高龄女士", "工作人员同志", "1380013.80元", "13800138000元", "政务服务中心3号楼201室", "四川北路街道",
        "第三十三条第二款", "二〇二三年十二月三十一日", "50号令第3户", "邻居老伯", "老公司没销户", "更新A12345", "微信公众号",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(text):
    assert find(text) == ()


def test_a_finding_tells_its_place_in_the_text_as_it_was_given():
    text = "😀电\u200b话１\u200b3８００１３８０００。"
    (found,) = find(text)
    assert (found.kind, found.severity) == (Kind.MOBILE, Severity.BLOCK)
    assert text[found.start : found.end] == "１\u200b3８００１３８０００"
    assert "138" not in found.reason


def test_little_things_together_tell_who_it_is_and_alone_they_do_not():
    assert find("曲阳路有人确诊白血病") == ()
    together = find("曲阳路张某，5月3日确诊白血病")
    assert {found.kind for found in together} == {Kind.STREET, Kind.SURNAME, Kind.EXACT_DATE, Kind.DISEASE}
    assert mask("曲阳路张某，5月3日确诊白血病") == "〔路名〕〔称呼〕，〔日期〕确诊白血病"
    assert find("曲阳路\n张某\n白血病") == ()


@pytest.mark.parametrize(
    "text",
    [
        "市民李建国第 1 天来窗口",
        "市民李建国第1天来电",
        "诉求人李建国多次来电",
        "申请人李建国前往窗口",
        "来电人李建国昨天来过",
        "业主李建国本人到场",
    ],
)
def test_a_name_behind_a_role_warns_whatever_the_sentence_goes_on_with(text):
    assert [(each.kind, text[each.start : each.end]) for each in find(text)] == [(Kind.NAME, "李建国")]
