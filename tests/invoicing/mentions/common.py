"""A French seller whose invoices lack nothing, and customers of every kind."""

from odoo import Command, fields

from ...common import BillingCommon

SIREN = "123456782"


class MentionsCase(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write(
            {
                "street": "1 place de la Mairie",
                "zip": "35000",
                "city": "Rennes",
                "country_id": cls.env.ref("base.fr").id,
                "vat": "FR11123456782",
                "company_registry": "12345678200010",
                "billing_legal_form": "SAS",
                "billing_share_capital": 40000,
                "billing_register_city": "Rennes",
            }
        )
        cls.customer.sudo().write(
            {"is_company": True, "company_registry": SIREN, "lang": "en_US"}
        )
        # Those of the chart take a French customer for a foreign one.
        positions = cls.env["account.fiscal.position"].sudo().search([])
        positions.auto_apply = False
        cls.rates = cls.env["billing.statutory.rate"].sudo()

    @classmethod
    def _give_rates(cls, day="2026-07-01", ecb=2.15, legal=2.62):
        """Publish the rates of a half-year for this test."""
        rate = cls.rates._get_of_day(fields.Date.to_date(day))
        rate = rate or cls.rates.create({"date_from": day})
        rate.write(
            {
                "ecb_rate_percent": ecb,
                "ecb_source": "https://example.org/ecb",
                "legal_professional_percent": legal,
                "legal_source": "https://example.org/legal",
            }
        )
        return rate

    def _draft(self, day="2026-03-10", partner=None, **vals):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.customer).id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.support.id,
                            "quantity": 1,
                            "price_unit": 100.0,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                ],
                **vals,
            }
        )

    def _post(self, *args, **vals):
        move = self._draft(*args, **vals)
        with self._on("2026-12-31"):
            move.action_post()
        return move

    def _codes(self, move):
        return [told["code"] for told in move._billing_get_mentions()]

    def _text(self, move, code):
        return next(
            told["text"]
            for told in move._billing_get_mentions()
            if told["code"] == code
        )

    def _facts(self, moves):
        """``[(code, fact)]`` of the faults of documents."""
        return [
            (fault.code, fault.fact)
            for found in moves._billing_get_faults().values()
            for fault in found
        ]
