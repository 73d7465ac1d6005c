"""imsmanifest.xml: what a platform reads first. SCORM 1.2 Content Aggregation Model, section 2.3 (an aggregation with one SCO)."""

import xml.etree.ElementTree as etree
from collections.abc import Sequence

CP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
NAME = "imsmanifest.xml"
START = "index.html"


def manifest_of(identifier: str, title: str, *, version: str, files: Sequence[str]) -> bytes:
    """The manifest of a package. `identifier`: letters, digits and dashes, the same for each version of a pack; `files`: all others
    in the package, START among them.

    No masteryscore: a platform that has one sets the status by the score alone, and here each lesson has to be passed. No
    schemaLocation: some platforms would fetch what it names.
    """
    etree.register_namespace("", CP)
    etree.register_namespace("adlcp", ADLCP)
    root = etree.Element(f"{{{CP}}}manifest", {"identifier": identifier, "version": version})
    metadata = _in(root, "metadata")
    _in(metadata, "schema").text = "ADL SCORM"
    _in(metadata, "schemaversion").text = "1.2"
    organizations = _in(root, "organizations", default=f"{identifier}-org")
    organization = _in(organizations, "organization", identifier=f"{identifier}-org")
    _in(organization, "title").text = title
    item = _in(
        organization, "item", identifier=f"{identifier}-item", identifierref=f"{identifier}-sco", isvisible="true"
    )
    _in(item, "title").text = title
    resources = _in(root, "resources")
    sco = _in(resources, "resource", identifier=f"{identifier}-sco", type="webcontent", href=START)
    sco.set(f"{{{ADLCP}}}scormtype", "sco")
    for name in files:
        _in(sco, "file", href=name)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _in(parent: etree.Element, name: str, **attributes: str) -> etree.Element:
    return etree.SubElement(parent, f"{{{CP}}}{name}", attributes)
