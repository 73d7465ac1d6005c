"""Sentences as they are written in halls, and what is planted into them. The sentences were written before the rules."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from caselib.core.personal_data import Kind, Severity

from . import planted_values as v
from .planted_numbers import BLOCK, NUMBERS, WARN, Row


@dataclass(frozen=True, slots=True)
class Planted:
    """A text and the pieces that must be found in it: kind, severity, start, end."""

    text: str
    pieces: tuple[tuple[Kind, Severity, int, int], ...]


def _homes() -> tuple[v.Make, ...]:
    def written(pattern: str, way: int = 0) -> v.Make:
        def make(chance: random.Random) -> str:
            text = pattern.format(
                a=chance.randint(2, 999), b=chance.randint(1, 99), c=chance.randint(1, 6), d=chance.randint(101, 2804)
            )
            return (text, v.full_width(text), v.hidden(chance, text))[way]

        return make

    return (
        *map(
            written,
            (
                "{a}弄{b}号{d}室",
                "{a}弄{b}号楼{d}室",
                "{a}号{b}号楼{d}室",
                "{a}号{c}单元{d}室",
                "{b}幢{c}单元{d}室",
                "{b}号楼{c}单元{d}",
                "{a} 弄 {b} 号 {d} 室",
                "{a}弄{b}支弄{c}号{d}室",
                "{b}栋{d}室",
                "{a}号{d}室",
                "{a}弄{b}号{c}楼{d}室",
                "{b}号楼{d}户",
            ),
        ),
        written("{a}弄{b}号{d}室", 1),
        written("{a}弄{b}号{d}室", 2),
        lambda chance: (
            chance.choice(("二十三弄五号", "六十七弄八号", "一百二十弄九号"))
            + v.spelt(chance, str(chance.randint(101, 909)))
            + "室"
        ),
    )


_AT_HOME = (
    "申请人家住曲阳路{}，行动不便，申请上门服务。",
    "户籍在凉城路{}，实际居住在外区。",
    "来电人称住四川北路{}\n要求加装电梯。",
    "{}的业主反映楼道堆物，已转社区。",
    "收件地址写的是解放西路{}（老人独居）。",
    "房屋坐落于花园路{}，登记在父母名下。",
)

ROWS: tuple[Row, ...] = (
    *NUMBERS,
    Row(
        Kind.EMAIL,
        BLOCK,
        (
            lambda chance: f"{chance.choice(('zhang', 'li.wei', 'wang_77'))}{v.digits(chance, 3)}@example.com",
            lambda chance: f"{v.digits(chance, 9)}@qq.com",
            lambda chance: f"lucky{v.digits(chance, 4)}@163.com",
            lambda chance: v.full_width(f"abc{v.digits(chance, 3)}@example.cn"),
            lambda chance: v.hidden(chance, f"abc{v.digits(chance, 3)}@example.com"),
            lambda chance: f"Tom.{v.digits(chance, 2)}@mail.example.com.cn",
        ),
    ),
    Row(
        Kind.WECHAT,
        BLOCK,
        (
            lambda chance: f"wxid_{v.digits(chance, 6)}",
            lambda chance: f"sunny-{v.digits(chance, 4)}",
            lambda chance: f"lihua{v.digits(chance, 5)}",
            lambda chance: v.full_width(f"abc_{v.digits(chance, 5)}"),
        ),
        (
            "微信号：{}，材料从微信上传。",
            "加微信{}发照片。",
            "V信 {}（本人）。",
            "vx:{}",
            "留了wechat：{}，要求线上沟通。",
            "微信是{}，可随时联系。",
        ),
    ),
    Row(
        Kind.QQ,
        BLOCK,
        (
            lambda chance: chance.choice("123456789") + v.digits(chance, chance.randint(5, 9)),
            lambda chance: v.full_width("3" + v.digits(chance, 8)),
            lambda chance: v.hidden(chance, "4" + v.digits(chance, 8)),
        ),
        ("QQ：{}，传了扫描件。", "qq号{}。", "ＱＱ {}，晚上在线。", "加扣扣{}发材料。"),
    ),
    Row(Kind.ADDRESS, BLOCK, _homes(), _AT_HOME),
    Row(
        Kind.ADDRESS,
        BLOCK,
        (
            lambda chance: (
                f"{chance.choice(('幸福', '新联', '红旗'))}村{chance.randint(1, 20)}组{chance.randint(1, 99)}号"
            ),
            lambda chance: f"{chance.choice(('东风', '长江'))}村第{chance.randint(1, 12)}村民小组",
            lambda chance: f"光明村{chance.choice('三五七')}组",
            lambda chance: f"前进村{chance.randint(1, 9)}队{chance.randint(1, 99)}号",
        ),
        ("申请人是{}的村民，宅基地未登记。", "户口在{}，土地已被征收。", "{}，房屋翻建。"),
    ),
    Row(
        Kind.WARD,
        BLOCK,
        (
            lambda chance: f"{chance.randint(1, 30)}病区{chance.randint(1, 60)}床",
            lambda chance: f"{chance.randint(1, 30)}号病房{chance.randint(1, 9)}床",
            lambda chance: f"{chance.randint(10, 80)}床",
            lambda chance: f"{chance.choice('三五八九')}病区",
        ),
        ("老人住在区中心医院{}，无法到窗口。", "帮办员到市第一人民医院{}上门办理。", "患者住某医院{}，由子女代办。"),
    ),
    Row(
        Kind.COURT_CASE,
        BLOCK,
        (
            lambda chance: f"（{chance.randint(2015, 2025)}）沪0109民初{chance.randint(1, 29999)}号",
            lambda chance: f"(2023)沪02行终{chance.randint(1, 999)}号",
            lambda chance: f"〔2021〕苏0508执{chance.randint(1, 9999)}号",
        ),
    ),
    Row(
        Kind.TICKET,
        BLOCK,
        (
            lambda chance: f"SH{chance.randint(2019, 2025)}{v.digits(chance, 10)}",
            lambda chance: f"{chance.randint(2019, 2025)}-{v.digits(chance, 4)}-{v.digits(chance, 5)}",
            lambda chance: f"{v.digits(chance, 14)}",
        ),
        ("工单编号：{}，12345转办。", "受理号{}，已办结。", "办件编号为{}。", "投诉单号{}，市民要求回复。"),
    ),
    Row(
        Kind.NAME,
        WARN,
        (v.name,),
        (
            "姓名：{}，女，本市户籍。",
            "申请人：{}。",
            "联系人：{}（代办）。",
            "法定代表人：{}",
            "当事人姓名为{}，年满十八岁。",
            "{}的身份证已过期。",
            "{}，身份证号另附。",
            "我叫{}，想问一下怎么办。",
            "经办人：{}\n日期：当日",
        ),
    ),
    Row(
        Kind.NAME,
        WARN,
        (v.name, v.surname),
        (
            "{}先生来电咨询居住证。",
            "窗口接待了{}女士，一次告知。",
            "感谢{}同志的耐心解答。",
            "帮办员陪{}阿姨到自助机。",
        ),
    ),
    Row(
        Kind.NAME,
        WARN,
        (v.name, lambda chance: chance.choice("王李张刘陈赵吴徐孙朱")),
        ("{}局长到大厅现场办公。", "由{}主任签批。", "承办{}法官答复。", "社区{}书记上门走访。"),
    ),
    Row(
        Kind.ENTERPRISE,
        WARN,
        (
            lambda chance: (
                f"上海{chance.choice(('明珠', '宏发', '佳禾'))}{chance.choice(('餐饮管理', '信息科技', '物业服务'))}有限公司"
            ),
            lambda chance: f"杭州市西湖区{chance.choice(('老张', '幸福里'))}小吃店",
            lambda chance: f"苏州{chance.choice(('金鑫', '同创'))}（上海）贸易有限责任公司",
            lambda chance: f"上海市虹口区{chance.choice(('阿珍', '小丽'))}{chance.choice(('服装', '水果'))}经营部",
        ),
        ("{}申请变更住所。", "申请人为{}，执照遗失。", "窗口误将{}列为异常。"),
    ),
    Row(
        Kind.CHILD_AGE,
        WARN,
        (lambda chance: f"{chance.randint(1, 13)}{chance.choice(('岁', '周岁'))}",),
        (
            "其女儿今年{}，随母落户。",
            "带{}的孙子来办社保卡。",
            "儿子{}，就近入学。",
            "{}的孩子无人照看。",
        ),
    ),
    Row(
        Kind.BIRTH_DATE,
        WARN,
        tuple(
            lambda chance, way=way: way.format(*v.day(chance))
            for way in ("{}年{}月{}日", "{}-{:02d}-{:02d}", "{}.{}.{}", "{}/{}/{}", "{}{:02d}{:02d}", "{}年{}月")
        ),
        (
            "出生日期：{}，与户口簿不一致。",
            "出生于{}，无出生证明。",
            "生日是{}，系统多了一天。",
            "出生年月{}，档案记载不同。",
            "其{}出生，未及时报户口。",
        ),
    ),
    Row(
        Kind.EXACT_AMOUNT,
        WARN,
        (
            lambda chance: f"{chance.randint(100, 99999)}.{chance.randint(0, 9)}{chance.randint(1, 9)}",
            lambda chance: (
                f"{chance.randint(1, 99)},{v.digits(chance, 3)}.{chance.randint(1, 9)}{chance.randint(1, 9)}"
            ),
            lambda chance: v.full_width(f"{chance.randint(1000, 9999)}.{chance.randint(1, 9)}{chance.randint(1, 9)}"),
        ),
        (
            "自费部分为{}元，申请救助。",
            "账户余额{}元不能提取。",
            "多缴了人民币{} 元，申请退费。",
            "一次性补缴{}元后恢复。",
            "退税￥{}，未到账。",
        ),
    ),
)

# Each part with the words around it; three parts of different kinds make a clue.
PARTS: dict[Kind, tuple[tuple[str, str, str], ...]] = {
    Kind.SURNAME: (
        ("", "张某", "反映，"),
        ("据", "李阿姨", "说，"),
        ("来访的", "老王", "，"),
        ("", "陈某某", "来窗口，"),
    ),
    Kind.STREET: (("家在", "曲阳路", "附近，"), ("", "凉城街道", "转来，"), ("住在", "四川北路", "一带，")),
    Kind.EXACT_DATE: (("", "2023年5月3日", "来电，"), ("于", "2024-11-08", "住院，"), ("", "3月17日", "出院，")),
    Kind.EXACT_AMOUNT: (("自费", "32,651", "元，"), ("补了", "12873", "元，"), ("欠费", "4,317", "元，")),
    Kind.EMPLOYER: (("在", "大众造船厂", "上班，"), ("在", "阳光小学", "任职，"), ("在", "明珠超市", "打工，")),
    Kind.DISEASE: (("患", "尿毒症", "，"), ("确诊", "白血病", "，"), ("因", "血友病", "长期用药，")),
    Kind.AGE: (("", "67岁", "，"), ("今年", "8周岁", "，"), ("", "43岁", "，")),
    Kind.RELATION: (("", "儿子", "代办，"), ("和", "外孙女", "同住，"), ("由", "丈夫", "照看，")),
}


def planted(count: int, *, seed: int) -> Iterator[Planted]:
    """Every row and every way of writing in turn; which sentence, by chance. One in eight is a clue of several parts."""
    chance = random.Random(seed)  # noqa: S311 - the same samples in every run, no secret
    ways = [(row, make) for row in ROWS for make in row.values]
    chance.shuffle(ways)
    for number in range(count):
        if number % 8 == 7:
            yield _clue(chance)
            continue
        row, make = ways[number % len(ways)]
        value = make(chance)
        before, _, behind = chance.choice(row.sentences).partition("{}")
        place = len(before)
        yield Planted(before + value + behind, ((row.kind, row.severity, place, place + len(value)),))


def _clue(chance: random.Random) -> Planted:
    text, pieces = "", []
    for kind in chance.sample(sorted(PARTS), chance.choice((3, 4))):
        before, part, behind = chance.choice(PARTS[kind])
        place = len(text + before)
        text += before + part + behind
        pieces.append((kind, WARN, place, place + len(part)))
    return Planted(text.removesuffix("，") + "。", tuple(pieces))
