from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common import PolicyCommon, plain

DAYS = [date(2026, 4, 4), date(2026, 4, 11)]


@tagged("post_install", "-at_install")
class TestDunningPolicyWords(PolicyCommon):
    """The mails: right figures, one button, and nothing that is not true."""

    def setUp(self):
        super().setUp()
        self.firm = self._create_customer("Cabinet Morel", is_company=True)
        self.case = self._case(self.firm)

    def _written(self, *days):
        """Pretend that the customer was written to on these days."""
        return patch.object(
            type(self.case), "_billing_get_contact_dates", lambda self: list(days)
        )

    def _link(self, name, url="https://example.com/answer/7"):
        return patch.object(type(self.case), name, lambda self, *args: url)

    # === The courtesy notice === #

    def test_courtesy_names_invoice_amount_and_day(self):
        invoice = self._owe(self.firm, 1240, "2026-04-01")
        level = self._level("standard_courtesy")
        subject, text, _body = self._mail(self.case, level, "2026-03-27")
        self.assertEqual(subject, f"Invoice {invoice.name}, due on 04/01/2026")
        self.assertIn(
            "Hello Cabinet Morel, a short note to make your week easier: your invoice "
            f"{invoice.name} of 1,240.00 € falls due on 04/01/2026.",
            text,
        )
        self.assertIn(
            f"a transfer with reference {invoice.payment_reference} is all it takes.",
            text,
        )
        self.assertIn("look odd? Just answer this message: better", text)

    def test_courtesy_names_what_falls_due_within_its_days_alone(self):
        self._owe(self.firm, 100, "2026-03-20")
        soon = self._owe(self.firm, 200, "2026-04-01")
        self._owe(self.firm, 300, "2026-04-02")
        level = self._level("standard_courtesy")
        words = self._words(self.case, level, "2026-03-27")
        self.assertEqual((words["number"], words["total"]), (soon.name, "200.00 €"))

    def test_courtesy_of_several_invoices_lists_them(self):
        self._owe(self.firm, 100, "2026-03-31")
        self._owe(self.firm, 200, "2026-04-01")
        level = self._level("standard_courtesy")
        subject, text, _body = self._mail(self.case, level, "2026-03-27")
        self.assertEqual(subject, "2 invoices, due on 03/31/2026")
        self.assertIn("your 2 invoices, 300.00 € in all, fall due from", text)

    def test_a_plain_tone_goes_without_pleasantries(self):
        town = self._create_customer("Mairie", billing_buyer_kind="public")
        self._owe(town, 100, "2026-04-01")
        level = self._level("public_courtesy")
        _subject, text, _body = self._mail(self._case(town), level, "2026-03-27")
        self.assertIn("Hello Mairie, your invoice", text)

    # === The reminders === #

    def test_friendly_asks_whether_it_was_forgotten(self):
        invoice = self._owe(self.firm, 1240, "2026-04-01")
        level = self._level("standard_friendly")
        subject, text, _body = self._mail(self.case, level, "2026-04-04")
        self.assertEqual(subject, f"Invoice {invoice.name}: perhaps an oversight?")
        self.assertIn(f"{invoice.name} (1,240.00 €, due on 04/01/2026).", text)
        self.assertIn("By bank transfer: FR76 3000 6000 0112 3456 7890 189,", text)
        self.assertNotIn("None", text)
        self.assertNotIn("False", text)

    def test_credits_are_deducted_and_told(self):
        self._owe(self.firm, 1240, "2026-04-01")
        self._owe(self.firm, 240, "2026-04-02", kind="out_refund")
        level = self._level("standard_friendly")
        with self._link("_billing_get_pay_url"):
            _subject, text, body = self._mail(self.case, level, "2026-04-04")
        self.assertIn("not yet matched are deducted: 240.00 €.", text)
        self.assertIn("Pay 1,000.00 €", text)
        self.assertNotIn("By bank transfer", text)
        self.assertEqual(body.count("background-color"), 1)

    def test_firm_lists_what_is_overdue_and_names_a_day(self):
        one = self._owe(self.firm, 1240, "2026-04-01")
        two = self._owe(self.firm, 600, "2026-04-05")
        self._owe(self.firm, 50, "2026-04-30")
        level = self._level("standard_firm")
        with self._written(*DAYS):
            subject, text, _body = self._mail(self.case, level, "2026-04-11")
        self.assertEqual(subject, "1,840.00 € to be paid by 04/19/2026")
        self.assertIn("we wrote on 04/11/2026 and have not heard from you.", text)
        self.assertIn(f"{one.name} 04/01/2026 10 1,240.00 €", text)
        self.assertIn(f"{two.name} 04/05/2026 6 600.00 €", text)
        self.assertIn(
            "interest at 12.15 % and 40 € per invoice; we have not asked", text
        )

    def test_firm_without_an_earlier_message_mentions_none(self):
        self._owe(self.firm, 1240, "2026-04-01")
        level = self._level("standard_firm")
        _subject, text, _body = self._mail(self.case, level, "2026-04-11")
        self.assertIn("Hello Cabinet Morel, 1,240.00 € is open today:", text)

    def test_last_tells_interest_to_the_day_and_what_comes(self):
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("standard_last")
        with self._written(*DAYS):
            subject, text, _body = self._mail(self.case, level, "2026-04-21")
        self.assertEqual(subject, "Last reminder before formal notice: 1,000.00 €")
        self.assertIn("our messages of 04/04/2026 and 04/11/2026 have had no", text)
        self.assertIn("the oldest invoice for 20 days:", text)
        # 20 days of 1,000 at 12.15 %: 6.657...
        self.assertIn("6.66 € of interest to date and 40.00 € of fixed", text)
        self.assertIn("or call me on +33 2 99 00 12 34.", text)
        self.assertNotIn("suspended", text)

    def test_last_warns_of_a_suspension_where_the_step_says_so(self):
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("standard_last")
        level.with_user(self.manager).subscription_effect = "warn"
        with self._written(DAYS[0]):
            _subject, text, _body = self._mail(self.case, level, "2026-04-02")
        self.assertIn("As your contract provides, the service may then be", text)
        self.assertIn("our message of 04/04/2026 has had no answer.", text)
        self.assertIn("the oldest invoice for 1 day:", text)

    def test_a_part_payment_bears_interest_no_more(self):
        invoice = self._owe(self.firm, 1000, "2026-04-01")
        self._pay(invoice, "2026-04-11", 600)
        level = self._level("standard_last")
        words = self._words(self.case, level, "2026-04-21")
        self.assertEqual(words["total"], "400.00 €")
        # 10 days of 1,000, 10 of 400, at 12.15 %.
        self.assertEqual(words["interest"], "4.66 €")

    def test_what_a_credit_note_took_away_bears_no_interest(self):
        invoice = self._owe(self.firm, 1000, "2026-04-01")
        credit = self._owe(self.firm, 600, "2026-04-15", kind="out_refund", days=1)
        lines = (invoice | credit).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.sudo().reconcile()
        words = self._words(self.case, self._level("standard_last"), "2026-04-21")
        self.assertEqual((words["total"], words["interest"]), ("400.00 €", "2.66 €"))

    def test_an_agreed_rate_comes_before_that_of_the_law(self):
        self.company.sudo().billing_late_rate = 15
        self._owe(self.firm, 1000, "2026-04-01")
        words = self._words(self.case, self._level("standard_firm"), "2026-04-21")
        self.assertEqual(words["rate"], "15.00")

    def test_a_rate_that_nobody_knows_is_not_told(self):
        self._owe(self.firm, 1000, "2030-04-01")
        level = self._level("standard_firm")
        _subject, text, _body = self._mail(self.case, level, "2030-04-21")
        self.assertNotIn("The law provides", text)
        self.assertNotIn("None", text)

    def test_a_consumer_reads_of_no_interest_and_no_fixed_sum(self):
        person = self._create_customer("Anne Le Bris")
        self._owe(person, 1000, "2026-04-01")
        case = self._case(person)
        for level in self.policies["consumer"].level_ids.filtered("template_id"):
            day = "2026-03-30" if level.delay < 0 else "2026-05-10"
            _subject, text, _body = self._mail(case, level, day)
            with self.subTest(level.name):
                self.assertNotIn("40", text)
                self.assertNotIn("12.15", text)

    # === Links, signatures, languages === #

    def test_answer_link_stands_where_there_is_one(self):
        self._owe(self.firm, 1000, "2026-04-01")
        for name in ("courtesy", "friendly", "firm", "last"):
            level = self._level(f"standard_{name}")
            day = "2026-03-30" if name == "courtesy" else "2026-04-21"
            with self._link("_billing_get_answer_url"), self.subTest(name):
                _subject, text, body = self._mail(self.case, level, day)
                self.assertIn('href="https://example.com/answer/7"', body)
                self.assertIn("https://example.com/answer/7", text)
                self.assertNotIn("this message", text)

    def test_the_salesperson_signs_else_the_company(self):
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("standard_firm")
        self.officer.sudo().name = "Nadia Benali"
        _subject, text, _body = self._mail(self.case, level, "2026-04-21")
        signed = "Atelier Exemple SARL · +33 2 99 00 12 34"
        self.assertTrue(text.endswith(f"Kind regards, Nadia Benali, {signed}"), text)
        machine = self.case.with_user(self.env.ref("base.user_root"))
        _subject, text, _body = self._mail(machine, level, "2026-04-21")
        self.assertTrue(text.endswith(f"Kind regards, {signed}"), text)

    def test_the_billing_contact_is_greeted_in_their_language(self):
        contact = self._create_customer(
            "Madame Morel", parent_id=self.firm.id, lang="fr_FR"
        )
        self.firm.sudo().billing_contact_id = contact
        self._owe(self.firm, 1000, "2026-04-01")
        words = self._words(self.case, self._level("standard_firm"), "2026-04-21")
        self.assertEqual(words["contact"], "Madame Morel")
        self.assertEqual(words["due_date"], "01/04/2026")
        self.assertEqual(
            self._template("firm").sudo()._render_field("partner_to", self.case.ids),
            {self.case.id: str(contact.id)},
        )

    def test_currencies_are_not_added_up(self):
        francs = self.env.ref("base.CHF").sudo()
        francs.active = True
        self._owe(self.firm, 1000, "2026-04-01")
        self._owe(self.firm, 300, "2026-04-02", currency_id=francs.id)
        self._owe(
            self.firm, 100, "2026-04-02", kind="out_refund", currency_id=francs.id
        )
        words = self._words(self.case, self._level("standard_firm"), "2026-04-21")
        self.assertEqual(words["total"], "1,000.00 € + CHF 200.00")

    def test_markup_in_a_name_stays_text(self):
        self.firm.sudo().name = "<b>Morel</b> & fils"
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("standard_firm")
        _subject, text, body = self._mail(self.case, level, "2026-04-21")
        self.assertIn("Hello <b>Morel</b> & fils,", text)
        self.assertIn("&lt;b&gt;Morel", body)

    def test_words_of_a_message_are_read_once(self):
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("standard_firm")
        with self._on("2026-04-21"):
            case = self.case._billing_tell(level)
            words = case._billing_get_words()
            self.assertIs(case._billing_get_words(), words)
            subject = case._billing_render(level, "subject")
        self.assertIn(words["total"], subject)

    def test_words_from_a_client_are_not_believed(self):
        self._owe(self.firm, 1000, "2026-04-01")
        forged = {"case_id": self.case.id, "words": {"total": "1.00 €"}}
        with self._on("2026-04-21"):
            words = self.case.with_context(
                billing_dunning_told=forged
            )._billing_get_words()
        self.assertEqual(plain(words["total"]), "1,000.00 €")

    # === Scripts and short messages === #

    def test_the_script_of_a_call_is_filled_in(self):
        self._owe(self.firm, 1000, "2026-04-01")
        level = self._level("key_call")
        words = self._words(self.case, level, "2026-04-21")
        script = level._get_script(words)
        self.assertIn("from Atelier Exemple SARL, about 1 invoice(s), 1,000.", script)
        self.assertIn("call you back by 04/26/2026.", script)

    def test_a_short_message_leaves_out_the_link_that_is_not_there(self):
        self._owe(self.firm, 1000, "2026-04-01")
        text = "{company}: {total} is open since {due_date}.[ Answer: {answer_url}]"
        policy = self._create_policy(levels=[{"channel": "sms", "sms_text": text}])
        with self._on("2026-04-21"):
            words = self.case._billing_get_words(policy.level_ids)
        self.assertEqual(
            policy.level_ids._get_sms(words),
            "Atelier Exemple SARL: 1,000.00 € is open since 04/01/2026.",
        )
