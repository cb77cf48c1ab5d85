"""What the tests of reminder policies share: open invoices, an officer, a manager."""

from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import html2plaintext

from ...invoicing.documents.documents import DocumentsCommon

GROUP = "recurring_billing.recurring_billing_group_"


class PolicyCommon(DocumentsCommon):
    """Customers of a French company, with invoices that are due on literal days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("officer")
        cls.manager = cls._create_user("manager")
        cls.policies = {
            name: cls.env.ref(f"recurring_billing.billing_dunning_policy_{name}")
            for name in ("key_account", "public", "consumer", "standard", "small")
        }

    @classmethod
    def _create_user(cls, group):
        return new_test_user(
            cls.admin_env,
            login=f"dunning_{group}",
            groups=f"{GROUP}{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _create_policy(self, name="Own", levels=(), **vals):
        """A policy of the manager; ``levels`` are dicts of values."""
        return (
            self.env["billing.dunning.policy"]
            .with_user(self.manager)
            .create(
                {
                    "name": name,
                    "sequence": 1,
                    "level_ids": [
                        Command.create(
                            {
                                "name": "Step",
                                "delay": 3,
                                "template_id": self._template("friendly").id,
                                **level,
                            }
                        )
                        for level in levels
                    ],
                    **vals,
                }
            )
        )

    def _template(self, name):
        return self.env.ref(f"recurring_billing.mail_template_dunning_{name}")

    def _level(self, name):
        return self.env.ref(f"recurring_billing.billing_dunning_level_{name}")

    # === What is owed === #

    def _owe(self, partner, amount, due, *, kind="out_invoice", days=30, **vals):
        """A posted invoice, or credit note, that falls due on a day."""
        day = self._day(due) - timedelta(days=days)
        with self._on(day.isoformat()):
            move = (
                self.env["account.move"]
                .sudo()
                .create(
                    {
                        "move_type": kind,
                        "partner_id": partner.id,
                        "invoice_date": day,
                        "invoice_date_due": due,
                        "invoice_payment_term_id": False,
                        "invoice_user_id": False,
                        "invoice_line_ids": [
                            Command.create(
                                {
                                    "name": "Support",
                                    "quantity": 1,
                                    "price_unit": amount,
                                    "tax_ids": [Command.clear()],
                                }
                            )
                        ],
                        **vals,
                    }
                )
            )
            move.action_post()
        return move.sudo(False)

    def _case(self, partner):
        """The case of a customer, as the officer sees it."""
        return (
            self.env["billing.dunning.case"]
            .sudo()
            .create({"company_id": self.company.id, "partner_id": partner.id})
            .with_user(self.officer)
            .sudo(False)
        )

    # === Words === #

    def _mail(self, case, level, day):
        """Subject, words of the plain-text part, and the page of a level's mail."""
        with self._on(day):
            values = (
                level.template_id.with_user(case.env.user)
                .sudo()
                .with_context(billing_dunning_level_id=level.id)
                ._generate_template(case.ids, ["subject", "body_html"])[case.id]
            )
        body = str(values["body_html"])
        return plain(values["subject"]), plain(html2plaintext(body)), body

    def _words(self, case, level, day):
        """What a message of a level says on a day, its spaces made plain."""
        with self._on(day):
            words = case._billing_get_words(level)
        return {
            name: plain(value) if isinstance(value, str) else value
            for name, value in words.items()
        }


def plain(text):
    """A text in one line, its spaces of all kinds made plain."""
    return " ".join(text.split())
