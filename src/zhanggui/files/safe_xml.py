"""XML from outside, opened so that it can fetch nothing, expand nothing and hide nothing."""

import re

from lxml import etree

Element = etree._Element  # noqa: SLF001  lxml has no public name for the type
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlUnsafe(ValueError):
    """It declares a document type or an entity, or is in an encoding that would hide that."""


class XmlBroken(ValueError):
    """It is not well-formed; the text says where."""


def root_of(content: bytes) -> Element:
    """This function will return the root of a document. A document type is refused before the parser sees it; the
    parser besides loads none, resolves no entity, knows no network and allows no depth or text that only an attack
    has. UTF-16 would hide the declaration: it is refused. How large a document may be is the caller's to say. Raises
    XmlUnsafe, XmlBroken."""
    if _DECLARATION.search(content) or content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        raise XmlUnsafe("declares a document type or hides its encoding")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise XmlBroken(str(fault).splitlines()[0]) from fault
