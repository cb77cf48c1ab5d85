from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningAgeing(DunningCommon):
    """What customers owe at a date, by age."""

    def _age(self, day):
        """{(document, band): amount} of the customer."""
        # A request has one date, and the cache knows of one only.
        self.env["billing.ageing.item"].invalidate_model()
        items = (
            self.env["billing.ageing.item"]
            .with_context(billing_ageing_on=day)
            .search([("partner_id", "=", self.customer.id)])
        )
        return {(item.move_id, item.band): item.amount for item in items}

    def test_each_document_stands_in_its_band(self):
        moves = [
            self._bill(due, amount, days=20)
            for due, amount in (
                ("2026-07-01", 1.0),
                ("2026-06-30", 2.0),
                ("2026-05-31", 3.0),
                ("2026-05-30", 4.0),
                ("2026-05-02", 5.0),
                ("2026-04-30", 6.0),
                ("2026-03-31", 7.0),
            )
        ]
        bands = [band for _move, band in sorted(self._age("2026-07-01"), key=str)]
        self.assertEqual(len(bands), 7)
        found = {move: band for move, band in self._age("2026-07-01")}
        self.assertEqual(
            [found[move] for move in moves],
            [
                "0_not_due",
                "1_1_30",
                "2_31_60",
                "2_31_60",
                "2_31_60",
                "3_61_90",
                "4_over_90",
            ],
        )

    def test_what_was_paid_later_is_open_at_the_date(self):
        move = self._bill("2026-05-01", 100.0)
        self._pay(move, "2026-05-10", 40.0)
        self._pay(move, "2026-06-10")
        self.assertEqual(self._age("2026-05-09"), {(move, "1_1_30"): 100.0})
        self.assertEqual(self._age("2026-05-31"), {(move, "1_1_30"): 60.0})
        self.assertEqual(self._age("2026-06-10"), {})

    def test_document_of_a_later_date_is_not_there_yet(self):
        self._bill("2026-05-31", days=10)
        self.assertEqual(self._age("2026-05-20"), {})

    def test_credit_has_its_own_place(self):
        move = self._bill("2026-05-01", 100.0)
        note = self._bill("2026-06-01", 100.0, move_type="out_refund")
        self.assertEqual(
            self._age("2026-06-15"),
            {(move, "2_31_60"): 100.0, (note, "5_credit"): -100.0},
        )

    def test_instalments_age_one_by_one(self):
        term = (
            self.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "Half now",
                    "line_ids": [
                        (
                            0,
                            0,
                            {"value": "percent", "value_amount": 50, "nb_days": days},
                        )
                        for days in (0, 60)
                    ],
                }
            )
        )
        move = self._bill("2026-05-01", 100.0, invoice_payment_term_id=term.id)
        self.assertEqual(
            self._age("2026-05-15"),
            {(move, "2_31_60"): 50.0, (move, "0_not_due"): 50.0},
        )

    def test_total_is_the_balance_of_receivables(self):
        move = self._bill("2026-05-01", 100.0)
        self._bill("2026-06-01", 70.0)
        self._pay(move, "2026-05-10", 40.0)
        total = sum(self._age("2026-06-15").values())
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
            ]
        )
        self.assertEqual(total, sum(lines.mapped("amount_residual")))

    def test_dialog_opens_the_balance_at_its_date(self):
        wizard = self.env["billing.ageing"].create({"day": "2026-05-09"})
        action = wizard.action_open()
        self.assertEqual(action["context"]["billing_ageing_on"], "2026-05-09")
        self.assertEqual(action["name"], "Ageing balance at 05/09/2026")

    def test_without_a_date_it_is_todays(self):
        self._bill("2026-05-01", 100.0)
        with self._on("2026-05-02"):
            item = self.env["billing.ageing.item"].search(
                [("partner_id", "=", self.customer.id)]
            )
            self.assertEqual((item.band, item.days_late), ("1_1_30", 1))

    def test_another_company_sees_nothing(self):
        self._bill("2026-05-01", 100.0)
        item = self.env["billing.ageing.item"].search(
            [("partner_id", "=", self.customer.id)]
        )
        stranger = self._create_stranger()
        self.assertFalse(self.env["billing.ageing.item"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            item.with_user(stranger).read(["amount"])
