"""A French seller, its customers, and an independent reader of what it sends."""

import base64
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from lxml import etree

from odoo import Command

from ...common import BillingCommon

_URN = "urn:un:unece:uncefact:data:standard:"
NAMES = {
    "rsm": f"{_URN}CrossIndustryInvoice:100",
    "ram": f"{_URN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_URN}UnqualifiedDataType:100",
    "qdt": f"{_URN}QualifiedDataType:100",
}
_TOLERANCE = Decimal("0.01")


class Reading:
    """A Cross Industry Invoice, read by paths of EN 16931 and by nothing of ours."""

    def __init__(self, content):
        self.content = content
        self.root = etree.fromstring(content)

    def all(self, path, node=None):
        """Texts (or nodes) under a path, names of ``ram`` without prefix."""
        steps = [
            step if not step or ":" in step or step[0] in "@.*" else f"ram:{step}"
            for step in path.split("/")
        ]
        return (self.root if node is None else node).xpath(
            "/".join(steps), namespaces=NAMES
        )

    def one(self, path, node=None):
        """The text of the only node of a path; None when there is none."""
        found = self.all(path, node)
        assert len(found) <= 1, f"{path}: {len(found)} nodes"
        return found[0].text if found else None

    def money(self, path, node=None):
        return Decimal(self.one(path, node) or 0)

    # === Business terms === #

    @property
    def frame(self):
        return self.one("//BusinessProcessSpecifiedDocumentContextParameter/ID")

    @property
    def notes(self):
        """{subject: text} of the notes; those without a subject are joined."""
        notes = {}
        for note in self.all("rsm:ExchangedDocument/IncludedNote"):
            code = self.one("SubjectCode", note)
            assert code is None or code not in notes, code
            text = self.one("Content", note)
            notes[code] = f"{notes[code]}\n{text}" if code in notes else text
        return notes

    def party(self, name):
        """{term: (value, scheme)} of the seller or the buyer."""
        terms = {
            "establishment": "GlobalID",
            "legal": "SpecifiedLegalOrganization/ID",
            "address": "URIUniversalCommunication/URIID",
            "vat": "SpecifiedTaxRegistration/ID",
        }
        node = self.all(f"//{name}TradeParty")[0]
        found = {term: self.all(path, node) for term, path in terms.items()}
        return {
            term: (nodes[0].text, nodes[0].get("schemeID"))
            for term, nodes in found.items()
            if nodes
        }

    def taxes(self):
        """[(category, rate, basis, tax)] of the breakdown, BG-23."""
        return [
            (
                self.one("CategoryCode", tax),
                self.money("RateApplicablePercent", tax),
                self.money("BasisAmount", tax),
                self.money("CalculatedAmount", tax),
            )
            for tax in self.all("//ApplicableHeaderTradeSettlement/ApplicableTradeTax")
        ]

    def totals(self):
        """Amounts of BG-22 by name; the tax in the currency of the document."""
        summation = self.all("//SpecifiedTradeSettlementHeaderMonetarySummation")[0]
        currency = self.one("//InvoiceCurrencyCode")
        amounts = {
            etree.QName(node).localname: Decimal(node.text)
            for node in summation
            if node.get("currencyID") in (None, currency)
        }
        return {name.removesuffix("Amount"): amounts[name] for name in amounts}


class Validator:
    """The program beside this file, asked by pipe: it shares nothing with Odoo."""

    def __init__(self):
        program = Path(__file__).with_name("validator.py")
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self.process = subprocess.Popen(
            [sys.executable, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def ask(self, task, content, **request):
        request.update(task=task, content=base64.b64encode(content).decode())
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class FacturxCommon(BillingCommon):
    """A French company that sells services, with all that its invoices must say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.validator = Validator()
        cls.addClassCleanup(cls.validator.close)
        admin = cls.env(su=True)
        france = cls.env.ref("base.fr")
        cls.company.sudo().write(
            {
                "street": "1 place de la Mairie",
                "zip": "35000",
                "city": "Rennes",
                "country_id": france.id,
                "account_fiscal_country_id": france.id,
                "currency_id": cls.env.ref("base.EUR").id,
                "vat": "FR23334175221",
                "company_registry": "33417522101010",
                "phone": "+33 2 99 00 00 00",
                "email": "facturation@example.com",
                "billing_legal_form": "SAS",
                "billing_share_capital": 50000.0,
                "billing_register_city": "Rennes",
                "billing_late_rate": 15.0,
            }
        )
        cls.bank_account = admin["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.tax_20 = cls._create_tax("20 %", 20.0)
        cls.tax_10 = cls._create_tax("10 %", 10.0)
        cls.tax_0 = cls._create_tax("0 %", 0.0)
        cls.tax_included = cls._create_tax(
            "20 % included", 20.0, price_include_override="tax_included"
        )
        products = cls.support | cls.licence | cls.setup_fee
        products.sudo().taxes_id = [Command.set(cls.tax_20.ids)]
        cls.customer = cls._create_customer(
            "Horizon Santé",
            is_company=True,
            company_registry="732829320",
            vat="FR44732829320",
            email="compta@example.com",
        )

    @classmethod
    def _create_tax(cls, name, amount, **vals):
        admin = cls.env(su=True)
        france = cls.env.ref("base.fr")
        group = admin["account.tax.group"].search(
            [("country_id", "=", france.id), ("company_id", "=", cls.company.id)],
            limit=1,
        ) or admin["account.tax.group"].create(
            {"name": "VAT", "country_id": france.id, "company_id": cls.company.id}
        )
        return admin["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": france.id,
                "tax_group_id": group.id,
                **vals,
            }
        )

    def _bill(self, lines=None, start="2026-03-01", plan=None, **vals):
        """The first invoice of a subscription that starts on ``start``."""
        order = self._subscribe(start, plan, lines, **vals)
        self._run_on(start)
        invoice = self._invoices(order)
        self.assertEqual(invoice.mapped("state"), ["posted"])
        return invoice

    def _taxed(self, product, quantity, price, taxes, **vals):
        return (product, quantity, price, {"tax_ids": [Command.set(taxes.ids)], **vals})

    def _credit(self, invoice):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self._on("2026-03-05"):
            made = wizard.create(
                {"journal_id": invoice.journal_id.id, "billing_rebill": "given_up"}
            )
            made.refund_moves()
            note = invoice.reversal_move_ids
            note.action_post()
        return note

    def _pay(self, invoice, day, **vals):
        # Payments are registered by an accountant.
        register = self.env(su=True)["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self._on(day):
            register.create({"payment_date": day, **vals})._create_payments()
        self.env.invalidate_all()

    def _pay_by_statement(self, invoice, day):
        """An entry of the bank journal, as the matching of a statement leaves it."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        journal = self.company_data["default_journal_bank"]
        values = {"partner_id": invoice.partner_id.id, "name": "Transfer"}
        with self._on(day):
            # Bank entries are made by an accountant.
            entry = self.env(su=True)["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": day,
                    "line_ids": [
                        Command.create(
                            {
                                **values,
                                "account_id": journal.default_account_id.id,
                                "debit": invoice.amount_total,
                            }
                        ),
                        Command.create(
                            {
                                **values,
                                "account_id": receivable.account_id.id,
                                "credit": invoice.amount_total,
                            }
                        ),
                    ],
                }
            )
            entry.action_post()
            counterpart = entry.line_ids.filtered("credit")
            (receivable.sudo() + counterpart).reconcile()
        self.env.invalidate_all()

    def _sell_to(self, country, **vals):
        self.customer.sudo().write(
            {
                "country_id": self.env.ref(country).id,
                "vat": False,
                "company_registry": False,
                **vals,
            }
        )

    def _add_rate(self, code, rate):
        currency = self.env.ref(f"base.{code}").sudo()
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids.create(
            {
                "name": "2026-01-01",
                "currency_id": currency.id,
                "company_id": self.company.id,
                "rate": rate,
            }
        )

    def _price_in(self, code):
        return self.env(su=True)["product.pricelist"].create(
            {
                "name": code,
                "currency_id": self.env.ref(f"base.{code}").id,
                "company_id": self.company.id,
            }
        )

    def _read(self, move, *, reform=True):
        """The Factur-X of a document, valid by the schema, by the rules of the
        standard and by its own sums.

        :param reform: whether the rules of the French reform hold too: not for
            consumers, nor for sellers elsewhere.
        """
        content, errors = self.env["account.edi.xml.cii"]._export_invoice(move)
        self.assertEqual(errors, set())
        self._check_rules(
            content,
            flavor="factur-x",
            level="en16931",
            schematrons=["factur-x", *(["factur-x-fr"] if reform else [])],
        )
        reading = Reading(content)
        self._check_sums(reading)
        return reading

    def _check_rules(self, content, **request):
        answer = self.validator.ask("check", content, **request)
        self.assertEqual(answer["schema"], [])
        # Without SaxonC the schema and our own reader of the sums are all there is.
        if answer["rules"] is not None:
            self.assertEqual(answer["rules"], [])

    def _check_sums(self, reading):
        """The arithmetic of EN 16931, from the figures of the file alone."""
        totals = reading.totals()
        lines = reading.all("//IncludedSupplyChainTradeLineItem")
        amounts = []
        for line in lines:
            amount = reading.money(".//LineTotalAmount", line)
            quantity = reading.money(".//BilledQuantity", line)
            price = reading.money(".//NetPriceProductTradePrice/ChargeAmount", line)
            self.assertGreaterEqual(price, 0, "BR-27")
            self.assertLessEqual(abs(quantity * price - amount), _TOLERANCE, "BT-131")
            self.assertTrue(reading.one(".//ApplicableTradeTax/CategoryCode", line))
            amounts.append(amount)
        taxes = reading.taxes()
        self.assertEqual(totals["LineTotal"], sum(amounts), "BR-CO-10")
        self.assertEqual(totals["TaxBasisTotal"], sum(amounts), "BR-CO-13")
        self.assertEqual(totals["TaxTotal"], sum(t[3] for t in taxes), "BR-CO-14")
        self.assertEqual(
            totals["GrandTotal"], totals["TaxBasisTotal"] + totals["TaxTotal"]
        )
        self.assertEqual(
            totals["DuePayable"], totals["GrandTotal"] - totals["TotalPrepaid"]
        )
        for category, rate, basis, tax in taxes:
            # BR-CO-17; core rounds line by line where the company wants it.
            self.assertLessEqual(
                abs(basis * rate / 100 - tax), _TOLERANCE * len(lines), category
            )
            of_rate = sum(
                reading.money(".//LineTotalAmount", line)
                for line in lines
                if reading.one(".//ApplicableTradeTax/CategoryCode", line) == category
                and reading.money(".//RateApplicablePercent", line) == rate
            )
            self.assertEqual(basis, of_rate, "BR-S-08 and its like")
