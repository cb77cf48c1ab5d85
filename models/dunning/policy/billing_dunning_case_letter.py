from odoo import models

from ...invoicing.documents.account_move_letter import LEFT_WINDOW


class BillingDunningCase(models.Model):
    """What goes by post: the formal notice, and reminders on paper."""

    _inherit = "billing.dunning.case"

    def _billing_get_letter(self):
        """A letter of the level in the context; without one, the formal notice.

        :return: dict: ``words``, ``contact``, ``window`` (``left`` or ``right``),
            ``subject``, ``formal``, ``body`` (of a reminder, as its mail says it).
        """
        self.ensure_one()
        level = self._billing_get_told_level()
        case = self.with_context(billing_dunning_on_paper=True)._billing_tell(level)
        words = case._billing_get_words()
        formal = not level or level.formal
        country = case.company_id.country_id.code
        return {
            "words": words,
            "contact": case._billing_get_contact(),
            "window": "left" if country in LEFT_WINDOW else "right",
            "formal": formal,
            "subject": case._billing_get_notice_subject(words)
            if formal
            else case._billing_render(level, "subject"),
            "body": None if formal else case._billing_render(level, "body_html"),
        }

    def _billing_render(self, level, name):
        """A part of the mail of a level, to be asked of ``_billing_tell(level)``."""
        template = level.template_id.with_context(**self.env.context)
        # A case that is but looked at has an id of the moment.
        return template._render_field(name, [self.id])[self.id]

    def _billing_get_letter_name(self):
        """The name of the file."""
        return self.env._("Letter - %(customer)s", customer=self.partner_id.name)

    # === The formal notice === #

    def _billing_get_notice_subject(self, words):
        return self.env._(
            "Formal notice to pay %(amount)s", amount=words["grand_total"]
        )

    def _billing_get_notice(self, words):
        """The sentences of the formal notice, in the customer's language.

        :param dict words: see ``_billing_get_words``.
        :return: dict: ``opening``, ``sentences`` (after the table of the invoices),
            ``signature``.
        """
        case = self.with_context(lang=self._billing_get_language())
        sentences = [
            words["credits_line"],
            case.env._(
                "We hereby give you formal notice to pay this sum within %(days)s days "
                "of receiving this letter.",
                days=words["days"],
            ),
            case._billing_get_notice_law(words),
            case.env._(
                "Without payment or an answer within that time, we will hand the file "
                "to our counsel to bring it before the competent court."
            ),
            case._billing_get_notice_answer(words),
            words["transfer"],
        ]
        signature = (words["sender_name"], words["function"], words["company"])
        return {
            "opening": case._billing_get_notice_opening(words),
            "sentences": list(filter(None, sentences)),
            "signature": ", ".join(filter(None, signature)),
        }

    def _billing_get_notice_opening(self, words):
        values = {"total": words["total"], "dates": words["dates"]}
        if not words["contacts"]:
            return self.env._(
                "You still owe us %(total)s for the following invoices:", **values
            )
        if words["contacts"] == 1:
            return self.env._(
                "Despite our reminder of %(dates)s, you still owe us %(total)s for the "
                "following invoices:",
                **values,
            )
        return self.env._(
            "Despite our reminders of %(dates)s, you still owe us %(total)s for the "
            "following invoices:",
            **values,
        )

    def _billing_get_notice_law(self, words):
        """What the law adds, by what it takes the customer for."""
        if words["kind"] == "consumer":
            return self.env._(
                "Interest at the legal rate runs from this notice. No recovery cost is "
                "charged to you."
            )
        if not words["recovery"]:
            return None
        if not words["interest"]:
            return self._billing_get_notice_unrated(words)
        if words["kind"] == "public":
            return self.env._(
                "Statutory interest at %(rate)s %%, %(interest)s, and %(each)s per "
                "invoice are added by law.",
                rate=words["rate"],
                interest=words["interest"],
                each=words["each"],
            )
        return self.env._(
            "Late-payment interest at %(rate)s %%, %(interest)s to %(date)s then "
            "%(per_day)s a day, and fixed compensation of %(each)s per invoice, "
            "%(recovery)s, are added by law. Total due today: %(total)s.",
            rate=words["rate"],
            interest=words["interest"],
            date=words["date"],
            per_day=words["per_day"],
            each=words["each"],
            recovery=words["recovery"],
            total=words["grand_total"],
        )

    def _billing_get_notice_unrated(self, words):
        """What the law adds while nobody has entered the rate of the half-year."""
        if words["kind"] == "public":
            return self.env._(
                "Fixed compensation of %(each)s per invoice and statutory interest are "
                "added by law.",
                each=words["each"],
            )
        return self.env._(
            "Fixed compensation of %(each)s per invoice, %(recovery)s, and "
            "late-payment interest are added by law. Total due today, without this "
            "interest: %(total)s.",
            each=words["each"],
            recovery=words["recovery"],
            total=words["grand_total"],
        )

    def _billing_get_notice_answer(self, words):
        if words["answer_url"]:
            return self.env._(
                "If you dispute this sum or wish to pay in instalments, write to us "
                "before that date, by post or at %(url)s: your answer will be read "
                "before anything else is done.",
                url=words["answer_url"],
            )
        return self.env._(
            "If you dispute this sum or wish to pay in instalments, write to us before "
            "that date: your answer will be read before anything else is done."
        )
