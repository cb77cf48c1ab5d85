from odoo.tests import tagged

from .electronic import FacturxCommon


@tagged("post_install", "-at_install")
class TestInvoicingFacturxFacts(FacturxCommon):
    """Who sells, who buys, by which contract, how it is paid."""

    def test_notes_carry_the_subjects_of_the_law(self):
        notes = self._read(self._bill()).notes
        self.assertIn("40", notes["PMT"])
        self.assertIn("15", notes["PMD"])
        self.assertTrue(notes["AAB"])
        self.assertIn("Rennes", notes["REG"])
