"""What a finding says: which kind of personal data, where, how serious, and why it was taken for that."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`BLOCK` must not be published; `WARN` is for a person to decide."""

    BLOCK = "block"
    WARN = "warn"


class Kind(StrEnum):
    """A kind of personal data. `label` is what takes its place in a masked text, between 〔 and 〕."""

    label: str

    def __new__(cls, value: str, label: str) -> "Kind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    CITIZEN_ID = "citizen_id", "身份证号"
    RESIDENCE_PERMIT = "residence_permit", "居住证号"
    PERMANENT_RESIDENCE = "permanent_residence", "永久居留证号"
    PARTLY_MASKED = "partly_masked", "遮挡过的号码"
    MOBILE = "mobile", "手机号"
    LANDLINE = "landline", "电话号码"
    BANK_CARD = "bank_card", "银行卡号"
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    ORGANISATION_CODE = "organisation_code", "组织机构代码"
    PLATE = "plate", "车牌号"
    PASSPORT = "passport", "护照号"
    TRAVEL_PERMIT = "travel_permit", "通行证号"
    MILITARY_ID = "military_id", "军官证号"
    INSURANCE_CARD = "insurance_card", "社保卡号"
    HOUSEHOLD = "household", "户口簿号"
    DRIVING_LICENCE = "driving_licence", "驾驶证号"
    EMAIL = "email", "电子邮箱"
    WECHAT = "wechat", "微信号"
    QQ = "qq", "QQ号"
    ADDRESS = "address", "住址"
    WARD = "ward", "病房床位"
    COURT_CASE = "court_case", "案号"
    TICKET = "ticket", "办件编号"
    NAME = "name", "姓名"
    ENTERPRISE = "enterprise", "企业名称"
    CHILD_AGE = "child_age", "孩子年龄"
    BIRTH_DATE = "birth_date", "出生日期"
    EXACT_AMOUNT = "exact_amount", "金额"
    # The following say little alone; three of them together in one paragraph may tell who it is.
    SURNAME = "surname", "称呼"
    STREET = "street", "路名"
    EXACT_DATE = "exact_date", "日期"
    EMPLOYER = "employer", "工作单位"
    DISEASE = "disease", "疾病"
    AGE = "age", "年龄"
    RELATION = "relation", "家庭关系"


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data. `start` and `end` count characters of the text as it was given, end exclusive.

    `reason` is a Chinese sentence for the person who decides; it never repeats what was found.
    """

    kind: Kind
    start: int
    end: int
    severity: Severity
    reason: str
