"""Numbers of persons with the sentences of halls that they are planted into. The sentences were written before the rules."""

import random
from dataclasses import dataclass

from caselib.core.personal_data import Kind, Severity

from . import planted_values as v

BLOCK, WARN = Severity.BLOCK, Severity.WARN

# No word here says what kind of value it is.
PLAIN = (
    "申请人到综合窗口时登记的是{}，材料齐全后当场收件。",
    "{} 是系统带出来的，与申请表上填写的不一致，窗口请其更正。",
    "- 第一步：核对{}；\n- 第二步：录入系统。",
    "| 登记内容 | {} | 已核对 |",
    "窗口备注（{}）没有删掉就提交了。",
    "2025年4月受理时，前台留了{}。后来由帮办人员跟进，当天办结。",
    "群众来电说，上次填的{}不对，要求改正。",
    "**核对结果**：{}，其余材料符合要求。",
    "“{}”这一行应当从截图里去掉。",
    "情况是这样的：帮办员把{}记在了便笺上，第二天按此回访",
    "{}",
    "依据第三十三条第二款，窗口核验了{}\n并一次性告知需要补正的材料。",
)


@dataclass(frozen=True, slots=True)
class Row:
    """Values of one kind with the sentences that they are planted into."""

    kind: Kind
    severity: Severity
    values: tuple[v.Make, ...]
    sentences: tuple[str, ...] = PLAIN


def _fixed_lines() -> tuple[v.Make, ...]:
    def written(pattern: str) -> v.Make:
        def make(chance: random.Random) -> str:
            area, number = v.line(chance)
            parts = {"area": area, "short": area[1:], "number": number, "a": number[:4], "b": number[4:]}
            return pattern.format(extension=chance.randint(10, 8999), **parts)

        return make

    patterns = (
        "{area}-{number}",
        "{area}{number}",
        "{area} {a} {b}",
        "（{area}）{number}",
        "({area}){a}-{b}",
        "{area}—{number}",
        "{area}-{number}-{extension}",
        "{area}-{number}转{extension}",
        "{area}－{number}",
        "+86 {short} {number}",
        "+86-{short}-{number}",
    )
    return (*map(written, patterns), lambda chance: v.full_width(written("{area}-{number}")(chance)))


def _plates() -> tuple[v.Make, ...]:
    return (
        lambda chance: v.plate(chance) + v.digits(chance, 5),
        lambda chance: f"{v.plate(chance)}·{v.digits(chance, 4)}{chance.choice('ABCDEFGH')}",
        lambda chance: f"{v.plate(chance)} {chance.choice('ABCDEFGH')}{v.digits(chance, 4)}",
        lambda chance: v.plate(chance) + chance.choice("DF") + v.digits(chance, 5),
        lambda chance: f"{v.plate(chance)}·{chance.choice('DF')}{chance.choice('ABKZ')}{v.digits(chance, 4)}",
        lambda chance: v.plate(chance) + v.digits(chance, 4) + chance.choice("挂学警"),
        lambda chance: "粤Z" + v.digits(chance, 4) + chance.choice("港澳"),
        lambda chance: v.full_width(v.plate(chance) + v.digits(chance, 5)),
        lambda chance: v.hidden(chance, v.plate(chance) + v.digits(chance, 5)),
        lambda chance: (v.plate(chance) + v.digits(chance, 5)).lower(),
    )


NUMBERS: tuple[Row, ...] = (
    Row(Kind.CITIZEN_ID, BLOCK, v.disguised(v.citizen, 6, 8)),
    Row(Kind.CITIZEN_ID, BLOCK, v.disguised(lambda chance: v.citizen(chance).lower(), 4, 4, 4, 4)),
    Row(
        Kind.CITIZEN_ID,
        WARN,
        v.disguised(v.citizen_15, 6, 6),
        (
            "老户籍底册上的身份证号是{}，系统查不到。",
            "身份证：{}，持证人多年未换证。",
            "历史档案只记了老证件号码{}，需要出具同一人证明。",
            "登记簿里有一个15位身份证号（{}），与现在的不一致。",
        ),
    ),
    Row(
        Kind.RESIDENCE_PERMIT,
        BLOCK,
        v.disguised(lambda chance: v.citizen(chance, chance.choice(("810000", "820000", "830000"))), 6, 8),
    ),
    Row(
        Kind.PERMANENT_RESIDENCE, BLOCK, v.disguised(lambda chance: v.citizen(chance, "9" + v.digits(chance, 5)), 6, 8)
    ),
    Row(
        Kind.PERMANENT_RESIDENCE,
        BLOCK,
        v.disguised(lambda chance: chance.choice(("USA", "FRA", "JPN", "KOR")) + v.digits(chance, 12), 3, 6),
        (
            "外籍申请人持外国人永久居留身份证{}来办理。",
            "其永久居留证号：{}，为旧版证件。",
            "绿卡号码{}，窗口认为不能网办。",
        ),
    ),
    Row(
        Kind.PARTLY_MASKED,
        WARN,
        (
            lambda chance: (
                f"{chance.choice(('310109', '320508'))}********{v.digits(chance, 3)}{chance.choice('0123456789Xx')}"
            ),
            lambda chance: f"310109{chance.choice(('＊＊＊＊＊＊＊＊', '●●●●●●●●', 'xxxxxxxx'))}{v.digits(chance, 4)}",
            lambda chance: f"{v.mobile(chance)[:3]}****{v.digits(chance, 4)}",
            lambda chance: f"6222{'*' * 12}{v.digits(chance, 4)}",
            lambda chance: f"{v.digits(chance, 6).replace('0', '3')}{'*' * 6}{v.digits(chance, 4)}",
        ),
    ),
    Row(Kind.MOBILE, BLOCK, v.disguised(v.mobile, 3, 4, numerals=True)),
    Row(
        Kind.MOBILE,
        BLOCK,
        v.disguised(v.mobile, 3, 4, numerals=True),
        (
            "联系电话{}，多次未接通。",
            "手机：{}（本人）",
            "预留手机号{}已停用，收不到验证码。",
            "请拨打{}联系经办人。",
        ),
    ),
    Row(
        Kind.MOBILE,
        BLOCK,
        (
            *(
                lambda chance, before=before: before + v.mobile(chance)
                for before in ("+86 ", "+86", "86-", "0086", "+86-", "＋86")
            ),
            lambda chance: "+86 " + v.grouped(chance, v.mobile(chance), (3, 4)),
        ),
    ),
    Row(Kind.LANDLINE, BLOCK, _fixed_lines()),
    Row(
        Kind.LANDLINE,
        BLOCK,
        (
            lambda chance: (
                chance.choice("56")
                + v.digits(chance, 3).replace("0", "7")
                + chance.choice(("", "-", " "))
                + "47"
                + v.digits(chance, 2)
            ),
            lambda chance: v.full_width("6531" + "47" + v.digits(chance, 2)),
        ),
        ("家里电话{}，白天没人接。", "家中座机{}可以联系。", "请联系{}，找他女儿。", "电话：{}\n备注：下午回访。"),
    ),
    Row(Kind.BANK_CARD, BLOCK, v.disguised(lambda chance: v.union_pay(chance, chance.choice((16, 19))), 4, 4, 4, 4)),
    Row(
        Kind.BANK_CARD,
        BLOCK,
        (lambda chance: v.union_pay(chance, 17),),
        ("补贴打到银行卡{}，三个月没到账。", "卡号{}填错一位。"),
    ),
    Row(
        Kind.BANK_CARD,
        WARN,
        v.disguised(lambda chance: v.luhn("9558" + v.digits(chance, 14)), 4, 4, 4, 4),
        (
            "收款账号{}与户名不符。",
            "退款原路退回银行账户{}。",
            "申请表填的卡号是{}，银行退票。",
        ),
    ),
    Row(Kind.CREDIT_CODE, BLOCK, v.disguised(v.credit, 8, 9)),
    Row(
        Kind.CREDIT_CODE,
        BLOCK,
        (lambda chance: v.credit(chance).lower(), v.credit),
        (
            "个体工商户的统一社会信用代码为{}，申请注销。",
            "税号{}开不出发票。",
            "执照上的代码（{}）与系统不一致。",
        ),
    ),
    Row(Kind.ORGANISATION_CODE, WARN, (v.organisation, lambda chance: v.full_width(v.organisation(chance)))),
    Row(
        Kind.ORGANISATION_CODE,
        WARN,
        (lambda chance: v.organisation(chance).replace("-", ""),),
        ("旧的组织机构代码{}已停用。", "代码证号{}查无此证。"),
    ),
    Row(Kind.PLATE, BLOCK, _plates()),
    Row(
        Kind.PASSPORT,
        BLOCK,
        (
            lambda chance: "E" + v.digits(chance, 8),
            lambda chance: "E" + chance.choice("ABCDHJ") + v.digits(chance, 7),
            lambda chance: chance.choice("GDSPH") + v.digits(chance, 8),
            lambda chance: "PE" + v.digits(chance, 7),
            lambda chance: ("E" + v.digits(chance, 8)).lower(),
            lambda chance: v.full_width("E" + v.digits(chance, 8)),
            lambda chance: v.hidden(chance, "E" + v.digits(chance, 8)),
        ),
        (
            "护照号{}，签证已过期。",
            "持普通护照（{}）申请居留登记。",
            "护照 {}，与出入境记录一致。",
            "申请人出示{}号护照。",
        ),
    ),
    Row(Kind.PASSPORT, WARN, (lambda chance: "E" + v.digits(chance, 8), lambda chance: "P" + v.digits(chance, 8))),
    Row(
        Kind.TRAVEL_PERMIT,
        BLOCK,
        v.disguised(lambda chance: "C" + chance.choice("0123ABD") + v.digits(chance, 7), 2, 3),
        (
            "往来港澳通行证{}签注次数用完。",
            "往来港澳通行证号码：{}，要求续签。",
        ),
    ),
    Row(
        Kind.TRAVEL_PERMIT,
        BLOCK,
        v.disguised(lambda chance: chance.choice("HM") + v.digits(chance, chance.choice((8, 10))), 1, 4),
        (
            "港澳居民来往内地通行证{}无法在自助机上核验。",
            "回乡证号{}，系统提示不存在。",
            "回乡证（{}）换发后号码变了。",
        ),
    ),
    Row(
        Kind.TRAVEL_PERMIT,
        BLOCK,
        (lambda chance: v.digits(chance, 8), lambda chance: v.full_width(v.digits(chance, 8))),
        (
            "台胞证{}，首次办理社保登记。",
            "台湾居民来往大陆通行证号：{}。",
            "台胞证号码为{}，五年有效。",
        ),
    ),
    Row(
        Kind.MILITARY_ID,
        BLOCK,
        (
            lambda chance: f"军字第{v.digits(chance, 7)}号",
            lambda chance: f"军字{v.digits(chance, 6)}号",
            lambda chance: v.full_width(f"军字第{v.digits(chance, 8)}号"),
        ),
    ),
    Row(
        Kind.INSURANCE_CARD,
        BLOCK,
        (
            lambda chance: chance.choice("ABCDEFG") + v.digits(chance, 8),
            lambda chance: v.full_width("B" + v.digits(chance, 8)),
        ),
        (
            "社保卡号{}，挂失后补办。",
            "社保卡{}读不出。",
            "医保卡号：{}，外地定点医院无法结算。",
            "社会保障卡卡号为{}。",
            "社保卡（{}）未激活。",
        ),
    ),
    Row(
        Kind.HOUSEHOLD, BLOCK, (lambda chance: v.digits(chance, 9),), ("户口簿编号{}，首页缺损。", "户号{}，分户办理。")
    ),
    Row(
        Kind.DRIVING_LICENCE,
        BLOCK,
        (lambda chance: "3101" + v.digits(chance, 8),),
        ("驾驶证档案编号{}。", "驾驶证号：{}，期满换证。"),
    ),
)
