"""办理入口: which addresses are those of a government site."""

import pytest

from caselib.precedents.entrances import is_allowed


@pytest.mark.parametrize(
    "address",
    [
        "https://zwdt.sh.gov.cn/govPortals/index",
        "http://gov.cn",
        "https://www.gov.cn:443/a?b=1#c",
        "HTTPS://ZWDT.SH.GOV.CN/",
    ],
)
def test_a_page_of_a_government_site_is_allowed(address):
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "zwdt.sh.gov.cn", "https://zwdt.sh.gov.cn.example.com/", "https://evilgov.cn/", "https://gov.cn@example.com/",
        "https://example.com/?gov.cn", "javascript:alert(1)//gov.cn", "data:text/html,gov.cn", "//zwdt.sh.gov.cn/",
        "https://example.com\\.gov.cn/", "https://zwdt.sh.gov.cn:8443/", "https://[bad", "https://a.gov.cn:x/", "ftp://a.gov.cn/",
        "https://政务.gov.cn/", "https://a.gov.cn/ b", "https://a.gov.cn/\x00", "https:///gov.cn", "https://.gov.cn.evil/",
    ],
)  # fmt: skip
def test_whatever_leads_elsewhere_is_refused(address):
    assert not is_allowed(address)


def test_the_site_says_which_domains(settings):
    settings.CASELIB_ENTRANCE_DOMAINS = ("example.org",)
    assert is_allowed("https://hall.example.org/") and not is_allowed("https://zwdt.sh.gov.cn/")
