from odoo.tests import tagged

from odoo.addons.recurring_billing.engine.mention_texts import placeholders_of

from .common import MentionsCase


@tagged("post_install", "-at_install")
class TestInvoicingMentionsFrench(MentionsCase):
    """The law in its own language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._speak_french(cls.user)
        cls.customer.sudo().lang = "fr_FR"

    def test_every_shipped_mention_is_there_in_french(self):
        shipped = self.env["ir.model.data"].sudo()
        mentions = (
            self.env["billing.mention"]
            .sudo()
            .browse(
                shipped.search(
                    [
                        ("module", "=", "recurring_billing"),
                        ("model", "=", "billing.mention"),
                    ]
                ).mapped("res_id")
            )
        )
        self.assertGreater(len(mentions), 40)
        same = {"{company}, {legal_form}", "SIREN {siren}"}
        for mention in mentions:
            french = mention.with_context(lang="fr_FR").text
            with self.subTest(mention.name):
                self.assertTrue(french != mention.text or french in same)
                self.assertCountEqual(
                    placeholders_of(french), placeholders_of(mention.text)
                )

    def test_a_french_customer_reads_the_law_in_french(self):
        self._give_rates()
        invoice = self._post(day="2026-09-10")
        texts = [
            told["text"].replace("\u202f", " ").replace("\xa0", " ")
            for told in invoice.billing_mentions
        ]
        self.assertEqual(
            texts[1:],
            [
                "RCS Rennes 123 456 782",
                "N° de TVA : FR11123456782",
                "SIREN du client : 123 456 782",
                "Catégorie de l'opération : prestations de services",
                "Paiement exigible le 10/10/2026. Dès le lendemain, des pénalités de "
                + "retard au taux annuel de 12,15 % sont dues sans qu'un rappel soit "
                + "nécessaire.",
                "En cas de retard de paiement, une indemnité forfaitaire de 40 € pour "
                + "frais de recouvrement est due.",
                "Pas d'escompte pour paiement anticipé.",
            ],
        )
        self.assertTrue(texts[0].startswith(f"{self.company.name}, SAS au capital de"))

    def test_the_clerk_reads_in_french_what_is_missing(self):
        self.customer.sudo().company_registry = False
        draft = self._draft(day="2026-09-10").with_context(lang="fr_FR")
        messages = [alert["message"] for alert in draft.billing_alerts.values()]
        self.assertEqual(
            messages,
            [
                "Il manque sur la facture\u202f: le SIREN de Horizon Santé.",
                "Pas de taux de pénalités pour le 2e semestre 2026.",
            ],
        )
