from odoo import models
from odoo.tools.misc import format_date

from ...plan.wording import amount_text

#: Where envelopes have their window on the left; elsewhere it is on the right.
LEFT_WINDOW = {"AT", "AU", "CA", "DE", "DK", "FI", "GB", "IE", "NO", "SE", "US"}


class AccountMove(models.Model):
    """The letter that goes with a document by post."""

    _inherit = "account.move"

    def _billing_get_letter(self):
        """What the letter says, in the customer's language.

        :return: dict: ``window`` (``left`` or ``right``), ``place`` (and day),
            ``subject``, ``sentences``, ``signature``.
        """
        self.ensure_one()
        move = self.with_context(lang=self.partner_id.lang or self.env.lang)
        company = move.company_id
        day = format_date(move.env, company._billing_today(), date_format="long")
        return {
            "window": "left" if company.country_id.code in LEFT_WINDOW else "right",
            "place": f"{company.city}, {day}" if company.city else day,
            "subject": move._billing_get_mail_subject(),
            "sentences": move._billing_get_letter_sentences(),
            "signature": move._billing_get_mail_sender(),
        }

    def _billing_get_letter_sentences(self):
        values = {
            "number": self.name or "",
            "date": format_date(self.env, self.invoice_date),
            "amount": amount_text(self.env, self.amount_total, self.currency_id),
        }
        if self.move_type == "out_refund":
            return [
                self.env._(
                    "Please find enclosed our credit note %(number)s of %(date)s, "
                    "%(amount)s.",
                    **values,
                )
            ]
        sentences = [
            self.env._(
                "Please find enclosed our invoice %(number)s of %(date)s, %(amount)s.",
                **values,
            )
        ]
        box = self._billing_get_payment_box()
        if box and box["state"] == "open":
            sentences.append(
                self.env._(
                    "It is due on %(date)s; how to pay it is told at its foot.",
                    date=box["due"],
                )
            )
        elif box and box["state"] == "paid":
            sentences.append(self.env._("It is paid, there is nothing to do."))
        elif box:
            sentences.append(
                self.env._(
                    "There is nothing to do: it will be collected on %(date)s.",
                    date=box["due"],
                )
            )
        return sentences
