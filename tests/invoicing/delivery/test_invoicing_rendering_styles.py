from odoo.tests import BaseCase, tagged

from odoo.addons.recurring_billing.models.invoicing.delivery.billing_rendering_styles import (  # noqa: E501
    get_names,
    prune,
)

PAGE = """
<html><body class="o_body_pdf container"><div id="wrap" class='row mt-4'>
<p class=lead>Text</p><span class="a&amp;b w-1/2">more</span></div></body></html>
"""


@tagged("post_install", "-at_install")
class TestInvoicingRenderingStyles(BaseCase):
    """A page's style sheet loses only what cannot match it."""

    def _prune(self, sheet, page=PAGE):
        return prune(sheet, get_names(page))

    def test_rules_that_may_match_stay_as_they_were(self):
        for rule in (
            "p{color:red}",
            "*{margin:0}",
            ":root{--x:1}",
            ".row{color:red}",
            "#wrap > p.lead::before{content:'}'}",
            ".none,.row{color:red}",
            "p:not(.none){color:red}",
            "p:not(:is(.none, .other)){color:red}",
            '[class*="none"]{color:red}',
            '.row[title="a.none"]{color:red}',
            "TABLE,P.Lead{color:red}",
            "tbody{color:red}",
            r".a\&b{color:red}",
            r".w-1\/2{color:red}",
            r".w-1\2f 2{color:red}",
            "/* .none { */ .row{color:red}",
            "@font-face{font-family:Lato;src:url(data:x;y{z)}",
            "@keyframes turn{from{top:0}to{top:1px}}",
            '@charset "utf-8";',
            "@media print{.row{color:red}}",
            "@media print{@supports (top:0){.row{color:red}}}",
        ):
            with self.subTest(rule):
                self.assertEqual(self._prune(rule), rule)

    def test_rules_that_name_what_is_not_there_go(self):
        for rule in (
            ".none{color:red}",
            ".row.none{color:red}",
            ".row .none p{color:red}",
            "#none,.other{color:red}",
            "table{color:red}",
            "p .none:not(.row){color:red}",
            r".md\:row{color:red}",
            "@media print{.none{color:red}}",
        ):
            with self.subTest(rule):
                self.assertEqual(self._prune(rule), "")

    def test_what_stays_keeps_its_order(self):
        sheet = "p{a:1}.none{b:2}@media print{.none{c:3}.row{d:4}}.lead{e:5}"
        self.assertEqual(self._prune(sheet), "p{a:1}@media print{.row{d:4}}.lead{e:5}")

    def test_a_sheet_that_cannot_be_read_stays_whole(self):
        for sheet in (".none{color:red}}", ".none{color:red", "} .none{a:1} {"):
            with self.subTest(sheet):
                self.assertEqual(self._prune(sheet), sheet)

    def test_a_page_whose_scripts_change_classes_keeps_the_whole_sheet(self):
        for script in (
            "<script src='/x.js'></script>",
            "<script>document.body.classList.add('none')</script>",
        ):
            with self.subTest(script):
                self.assertEqual(
                    self._prune(".none{color:red}", PAGE + script), ".none{color:red}"
                )

    def test_cores_own_script_changes_no_classes(self):
        script = "<script>function subst(){header.appendChild(companyHeader)}</script>"
        self.assertEqual(self._prune(".none{color:red}", PAGE + script), "")
