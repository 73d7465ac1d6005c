"""What stands in the texts of halls and only looks like personal data: numbers of matters, documents and offices, money, words."""

import random
from collections.abc import Callable, Iterator

from . import planted_values as v

Make = Callable[[random.Random], str]


def _matter_code(chance: random.Random) -> str:
    """31 characters: credit code of the office, kind, basic code, place."""
    office = "11310109" + "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(10))
    return f"{office}{chance.choice(('2', '3', '4'))}000{v.digits(chance, 9)}"


def _clock(chance: random.Random) -> str:
    return "{}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(
        chance.randint(2015, 2026),
        chance.randint(1, 12),
        chance.randint(1, 28),
        *(chance.randint(8, 18), *(chance.randint(0, 59) for _ in "ms")),
    )


def _isbn(chance: random.Random) -> str:
    first = f"9787{v.digits(chance, 8)}"
    check = -sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(first)) % 10
    return f"{first[:3]}-7-{first[4:8]}-{first[8:]}-{check}"


def _some(*choices: str) -> Make:
    return lambda chance: chance.choice(choices)


def _filled(pattern: str, **ranges: tuple[int, int]) -> Make:
    return lambda chance: pattern.format(**{key: chance.randint(*bounds) for key, bounds in ranges.items()})


# Each value with the sentences that it stands in.
ROWS: tuple[tuple[Make, tuple[str, ...]], ...] = (
    (_matter_code, ("事项编码：{}", "该事项的实施编码为{}，可在一网通办搜索。", "| {} | 行政许可 |")),
    (lambda chance: "000" + v.digits(chance, 9), ("基本编码{}，全国统一。", "事项目录第3行（{}）。", "{}")),
    (_filled("HK-{y}-ZW-{n:03d}", y=(2019, 2026), n=(1, 999)), ("案例编号{}已更新。", "参见 {}。", "【{}】居住证补办")),
    (
        lambda chance: (
            f"310109-{chance.randint(2019, 2026)}-{chance.choice(('SCJG', 'MZ', 'RSJ', 'GA', 'D03'))}-{chance.randint(1, 9999):04d}"
        ),
        (
            "入库编号{}，现行有效。",
            "参照{}办理。",
            "{}、310109-2026-SCJG-0001 两件做法一致。",
            "工单已归并到{}。",
        ),
    ),
    (
        lambda chance: (
            chance.choice(("国办发", "沪府规", "国市监注", "人社部发", "沪民规", "虹府办规"))
            + f"〔{chance.randint(2009, 2026)}〕{chance.randint(1, 199)}号"
        ),
        (
            "依据{}第三条。",
            "按照《通知》（{}）执行。",
            "{}自公布之日起施行。",
            "{}已废止，不再引用。",
        ),
    ),
    (_filled("国务院令第{n}号", n=(100, 800)), ("《条例》（{}）第十条。", "{}公布。", "{}修订后取消了这项材料。")),
    (_filled("{y}年第{n}号公告", y=(2009, 2026), n=(1, 120)), ("市场监管总局{}。", "按照{}，无需提交。")),
    (_filled("GB/T {n}-{y}", n=(1000, 45000), y=(1999, 2025)), ("符合{}的要求。", "标准号：{}。", "{}第7.1.4条。")),
    (_filled("DB31/T {n}—{y}", n=(100, 1500), y=(1999, 2025)), ("地方标准{}规定了窗口设置。", "见{}附录A。")),
    (_filled("GB {n}.{p}-{y}", n=(1000, 45000), p=(1, 9), y=(1999, 2025)), ("执行{}。",)),
    (_filled("20{n:04d}", n=(0, 9999)), ("邮编{}。", "邮政编码：{}", "寄送至本市（邮编：{}）。")),
    (
        _filled("{a}—{b}年", a=(1990, 2010), b=(2011, 2026)),
        ("{}的档案已移交区档案馆。", "社保缴费年限为{}。", "{}登记的企业适用旧规定。"),
    ),
    (
        _filled("{y}年{m}月{d}日", y=(1990, 2026), m=(1, 12), d=(1, 28)),
        ("自{}起施行。", "本办法有效期至{}。", "{}前提交的，按原规定办理。"),
    ),
    (_clock, ("系统日志时间{}。", "最后更新：{}", "{} 已受理")),
    (
        lambda chance: _clock(chance).replace("-", "").replace(":", "").replace(" ", ""),
        ("文件名backup_{}.xlsx。", "批次{}同步失败。", "时间戳{}。"),
    ),
    (lambda chance: "17" + v.digits(chance, 11), ("timestamp={}", "毫秒时间戳{}。")),
    (
        _some("12345", "12333", "12366", "12315", "110", "119", "120", "96889"),
        (
            "可拨打{}咨询。",
            "热线电话{}，工作时间接听。",
            "请打{}。",
            "市民通过{}反映后，三日内答复。",
            "电话{}转人工。",
            "联系电话：{}",
        ),
    ),
    (_some("021-12345", "021-12333", "（021）12345", "010-12345", "0512-12345"), ("外地拨打{}。", "咨询电话：{}。")),
    (_some("0756-6142000"), ("大厅咨询电话{}。", "电话：{}（工作日）")),
    (
        lambda chance: f"021-{chance.choice('56')}{v.digits(chance, 7)}",
        (
            "咨询电话：{}（工作日9:00-17:00）。",
            "监督投诉电话：{}",
            "区政务服务中心咨询电话{}。",
            "窗口服务热线：{}",
            "值班电话{}，节假日有人接听。",
            "对外公开电话：{}。",
        ),
    ),
    (
        lambda chance: f"{chance.choice('56')}{v.digits(chance, 7)}".replace("0", "3"),
        ("咨询电话：{}。", "中心监督电话{}，工作日接听。", "受理中心服务电话：{}"),
    ),
    (
        lambda chance: f"400-{v.digits(chance, 3).replace('0', '8')}-{v.digits(chance, 4)}",
        ("软件客服热线{}。", "自助机报修请拨{}。"),
    ),
    (
        lambda chance: f"{chance.randint(1, 999)}{chance.choice(('万元', '亿元', '元', '元/月', '元整'))}",
        ("注册资本{}。", "罚款{}以下。", "收费标准为{}。", "补贴{}，一次性发放。"),
    ),
    (lambda chance: f"{v.mobile(chance)}元", ("全区累计减免{}。", "基金结余{}。")),
    (_filled("{a},{b}00,000.00元", a=(1, 99), b=(1, 9)), ("注册资本人民币{}。", "项目预算{}。")),
    (_filled("{a}.{b}元/", a=(1, 99), b=(11, 99)), ("居民水价为{}立方米。", "按{}平方米计收。")),
    (_isbn, ("ISBN {}", "《办事指南》（{}）。", "书号{}，可在阅览室借阅。")),
    (
        lambda chance: "2025" + v.digits(chance, 14),
        ("订单号{}，快递已签收。", "财政票据号码{}可在网上查验。", "流水校验串 {}。"),
    ),
    (lambda chance: f"SF{v.digits(chance, 13)}", ("快递单号{}可查询进度。", "物流{}。")),
    (
        _filled("v{a}.{b}.{c}", a=(1, 9), b=(0, 30), c=(0, 99)),
        ("客户端{}已修复。", "升级到{}后正常。", "接口{}与旧版不兼容。"),
    ),
    (_filled("{a}.{b}%", a=(1, 99), b=(10, 99)), ("办结率{}。", "占全部诉求的{}。", "好评率由{}提高。")),
    (
        lambda chance: (
            f"第{chance.choice('一二三四五六七八九')}十{chance.choice('一二三四五六七八九')}条第{chance.choice('一二三')}款第（{chance.choice('一二三四五')}）项"
        ),
        ("依据{}。", "违反{}的，责令改正。", "{}所称“近亲属”"),
    ),
    (_filled("第{n}条", n=(1, 260)), ("《民法典》{}规定。", "见{}。")),
    (
        lambda chance: chance.choice("王李张刘陈杨赵黄") + chance.choice(("某", "某某")),
        ("{}到窗口申请居住证。", "申请人{}材料不齐。", "{}的委托书没有签字。", "当事人{}、李某。"),
    ),
    (
        _some("某某公司", "某餐饮企业", "某科技有限公司", "XX有限公司", "某物业公司", "某某（上海）有限公司", "甲公司"),
        (
            "{}申请变更经营范围。",
            "法定代表人代表{}签字。",
            "{}的股东已失联。",
            "申请人为{}，名称已预先核准。",
        ),
    ),
    (
        _some(
            "区行政服务中心3号楼201室",
            "市民中心1号楼2楼12号窗口",
            "社区事务受理服务中心2号楼105室",
            "婚姻登记中心5号楼301室",
        ),
        (
            "请到{}办理。",
            "办理地点：{}。",
            "{}（工作日）",
            "材料邮寄至{}。",
        ),
    ),
    (
        _filled("飞虹路{a}号{b}号楼{c}室（区政务服务中心）", a=(2, 999), b=(1, 9), c=(101, 409)),
        ("地址：{}。", "请前往{}现场取件。"),
    ),
    (_filled("办公地址：飞虹路{a}号{c}室", a=(2, 999), c=(101, 409)), ("{}。", "{}，周六上午延时服务。")),
    (_filled("飞虹路{b}号", b=(2, 2999)), ("大厅位于{}。", "{}门口有无障碍坡道。")),
    (
        lambda chance: (
            chance.choice(("zwfw", "hkmz", "xxgk", "hall12"))
            + chance.choice(("@sh.gov.cn", "@shhk.gov.cn", "@mail.beijing.gov.cn"))
        ),
        (
            "公开邮箱{}。",
            "材料可发送至{}。",
            "意见反馈：{}",
        ),
    ),
    (_filled("{n}号窗口", n=(1, 99)), ("请到{}。", "{}办理社保。", "取号后到{}等候。")),
    (_filled("A{n:03d}", n=(1, 999)), ("叫号{}请到综合窗口。", "自助机{}故障。")),
    (
        lambda chance: (
            f"{chance.choice('GDSH')}20{chance.randint(15, 26)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        ),
        ("表单版本{}。", "样表编号{}，以新版为准。"),
    ),
    (_filled("10.{a}.{b}.{c}", a=(0, 255), b=(0, 255), c=(1, 254)), ("打印服务器{}不通。", "政务外网地址{}。")),
    (_filled("121.{a},31.{b}", a=(4000, 6999), b=(1000, 4000)), ("坐标{}。",)),
    (_some("9 @1k. The", "108 ms @ 1k. Full"), ("响应时间 {} 为上限。", "{}")),
    (_filled("{a}.{b}平方米", a=(20, 9999), b=(11, 99)), ("建筑面积{}。", "经营场所面积{}以下的，实行告知承诺。")),
    (
        _some(
            "申请人应当提交身份证原件",
            "法定代表人变更登记",
            "联系人电话号码",
            "工作人员同志",
            "双方身份证",
            "申请人向窗口提交",
            "委托人签字确认",
            "经办人员",
            "业主委员会电话",
            "患者家属",
            "学生家长电话",
            "居民委员会",
            "股东会决议",
            "老人家属",
            "户主变更",
            "监护人身份证",
            "市民王府井大街",
            "高龄老人",
            "群众方便",
            "常住户口",
            "单位联系电话",
            "父亲和母亲的身份证",
            "配偶身份证复印件",
            "村民小组组长",
            "当事人陈述",
            "申请人承诺书",
            "承租人许可",
            "经办人应到场",
        ),
        ("{}不得缺少。", "注意：{}。", "- {}；", "{}", "关于{}的说明。", "办理时核对{}和材料清单。"),
    ),
    (
        _some("14周岁以下", "年满18周岁", "不满六周岁", "60周岁以上", "16至18周岁"),
        ("{}的未成年人由监护人代办。", "申请对象为{}的居民。", "{}可享受优惠。"),
    ),
    (
        _some("3岁以下婴幼儿", "满6周岁的孩子", "0至3岁的孩子", "14岁以下孩子", "一孩两孩家庭"),
        ("{}的托育补贴。", "适用对象：{}。"),
    ),
    (
        _some(
            "有限公司变更为股份有限公司",
            "上海市有限责任公司设立登记",
            "外省市有限公司迁入",
            "一人有限责任公司",
            "上海地区的小吃店",
        ),
        ("{}怎样办理。", "关于{}的说明。"),
    ),
    (
        _some(
            "卫健委主任",
            "街道办副主任",
            "居委会主任",
            "车管所所长",
            "班主任老师",
            "项目经理",
            "值班经理",
            "家庭医生",
            "村支部书记",
            "公证处律师",
        ),
        ("由{}签字确认。", "可请{}出具证明。"),
    ),
    (
        _some("微信公众号", "微信小程序“随申办”", "QQ浏览器", "微信 Windows 客户端", "电子邮件", "企业微信"),
        ("通过{}预约。", "{}无法打开时请换用浏览器。", "在{}提交。"),
    ),
    (_some("更新A12345版", "京东E卡", "沪A股", "G7021次列车", "苏E区域"), ("{}与本事项无关。",)),
    (
        _some("统一社会信用代码", "身份证号码", "手机号码", "银行卡号", "护照号码", "社保卡号", "户口簿", "车牌号"),
        ("请填写{}。", "{}填错的，可以更正。", "系统要求先录入{}（18位）。"),
    ),
    (
        _some("肺结核患者", "精神障碍患者", "糖尿病门诊慢特病", "罕见病用药", "重大疾病"),
        ("{}可申请医疗救助。", "对{}实行上门服务。", "{}的认定标准见附件。"),
    ),
)


def look_alikes(count: int, *, seed: int) -> Iterator[str]:
    """Every row in turn; values and sentences by chance."""
    chance = random.Random(seed)  # noqa: S311 - the same samples in every run, no secret
    for number in range(count):
        make, sentences = ROWS[number % len(ROWS)]
        yield chance.choice(sentences).replace("{}", make(chance))
