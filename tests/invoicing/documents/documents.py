"""What the tests of printed documents share: a company with a bank, pages, PDFs."""

import io
import subprocess
import tempfile
from pathlib import Path

import cv2
from lxml import html
from pypdf import PdfReader

from odoo import Command
from odoo.tests import HttpCase

from ...common import BillingCommon

IBAN = "FR7630006000011234567890189"


class DocumentsCommon(BillingCommon):
    """A company of Rennes that invoices in euros, paid on an account it trusts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        admin["res.lang"]._activate_lang("fr_FR")
        company = cls.company.with_env(admin)
        company.write(
            {
                "currency_id": admin.ref("base.EUR").id,
                "name": "Atelier Exemple SARL",
                "street": "1 place de la Mairie",
                "zip": "35000",
                "city": "Rennes",
                "country_id": admin.ref("base.fr").id,
                "phone": "+33 2 99 00 12 34",
                "vat": "FR23334175221",
                "report_footer": "SARL au capital de 40 000 €",
            }
        )
        # Customers of France pay tax, whatever the country of the test's accounts.
        admin["account.fiscal.position"].search(
            [("company_id", "=", company.id)]
        ).auto_apply = False
        cls.bank = cls._create_account(company, IBAN)

    @classmethod
    def _create_account(cls, company, number):
        """The one bank account of the company, which somebody said to trust."""
        company.partner_id.with_env(cls.env(su=True)).bank_ids.unlink()
        accountant = cls.admin_env
        accountant.user.sudo().group_ids += accountant.ref(
            "account.group_validate_bank_account"
        )
        bank = accountant["res.partner.bank"].create(
            {
                "partner_id": company.partner_id.id,
                "acc_number": number,
                "allow_out_payment": True,
            }
        )
        return bank.sudo()

    @classmethod
    def _create_franc_prices(cls):
        """A pricelist in Swiss francs, one of which is worth one euro."""
        admin = cls.env(su=True)
        francs = admin.ref("base.CHF")
        francs.active = True
        francs.rate_ids.unlink()
        francs.rate_ids.create(
            {"name": "2025-01-01", "currency_id": francs.id, "rate": 1.0}
        )
        return admin["product.pricelist"].create(
            {"name": "CHF", "currency_id": francs.id}
        )

    # === Documents === #

    def _bill(self, start, lines=None, *, apart=False, **vals):
        """The invoice of a subscription that starts, and is billed, on a day.

        :param bool apart: for a customer of its own, so that nothing else stands on it.
        """
        if apart:
            vals["partner_id"] = self._create_customer("Vallée Conseil").id
        order = self._subscribe(start, lines=lines, **vals)
        self._run_on(start)
        return self._invoices(order)

    def _credit(self, invoice, day, reason, **vals):
        """A posted credit note of a whole invoice."""
        with self._on(day):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create(
                    {
                        "reason": reason,
                        "journal_id": invoice.journal_id.id,
                        "billing_rebill": "given_up",
                        **vals,
                    }
                )
            )
            credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
            credit.action_post()
        return credit

    def _pay(self, invoice, day, amount=None):
        """Register a payment of an invoice, in full by default."""
        with self._on(day):
            values = {"payment_date": day}
            if amount is not None:
                values["amount"] = amount
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(values)._create_payments()

    @classmethod
    def _create_term(cls, *percents):
        """A payment term of several payments, thirty days apart."""
        return (
            cls.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "In several payments",
                    "line_ids": [
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": percent,
                                "delay_type": "days_after",
                                "nb_days": 30 * n,
                            }
                        )
                        for n, percent in enumerate(percents)
                    ],
                }
            )
        )

    # === Pages === #

    def _get_page(self, records, report="account.account_invoices"):
        """A report as a tree of HTML, as the billing user prints it."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, records.ids
        )
        return html.fromstring(content)

    def _get_text(self, page, name=None):
        """The words of a page, or of the part of that name, in one line."""
        parts = page.xpath(f"//*[@name='{name}']") if name else [page]
        return " ".join(" ".join(part.text_content() for part in parts).split())


class PaperCase(DocumentsCommon, HttpCase):
    """Documents as real PDFs, styled by the server of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("report.url", f"http://127.0.0.1:{cls.http_port()}")
        parameters.set_param("report.print_delay", "0")

    def _print(self, records, report="account.account_invoices"):
        """The bytes of the PDF that the billing user gets."""
        service = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        content, kind = service._render_qweb_pdf(report, records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _get_pages(self, content):
        """The text of each page, as an independent library reads it."""
        reader = PdfReader(io.BytesIO(content))
        return [" ".join(page.extract_text().split()) for page in reader.pages]

    def _read_codes(self, content):
        """What the QR codes on the pages say, read from their picture."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "document.pdf")
            source.write_bytes(content)
            subprocess.run(
                ["pdftoppm", "-r", "200", "-png", source, Path(folder, "page")],
                check=True,
                timeout=60,
            )
            told = []
            for path in sorted(Path(folder).glob("page-*.png")):
                picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
                found, texts, *_rest = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(
                    picture
                )
                told += [text for text in texts if text] if found else []
            return told
