from datetime import date
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...invoicing.documents.documents import PaperCase
from .common import PolicyCommon, plain

LETTER = "recurring_billing.action_report_dunning_letter"


@tagged("post_install", "-at_install")
class TestDunningPolicyLetters(PolicyCommon):
    """What goes by post: the formal notice of each kind of customer, and reminders."""

    def setUp(self):
        super().setUp()
        days = [date(2026, 4, 4), date(2026, 4, 21)]
        cases = type(self.env["billing.dunning.case"])
        patcher = patch.object(cases, "_billing_get_contact_dates", lambda self: days)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _letter(self, kind, level, **vals):
        """The words of the letter to a customer of a kind who owes 1,000 €."""
        partner = self._create_customer(f"Ker {kind}", billing_buyer_kind=kind, **vals)
        self._owe(partner, 1000, "2026-04-01")
        case = self._case(partner)
        service = self.env(user=self.officer)["ir.actions.report"]
        with self._on("2026-05-01"):
            content, _type = service.with_context(
                billing_dunning_level_id=level.id
            )._render_qweb_html(LETTER, case.ids)
        self.case = case
        return plain(html.fromstring(content).text_content())

    def test_notice_to_a_professional_adds_interest_and_fixed_sum(self):
        text = self._letter("professional", self._level("standard_notice"))
        # 30 days of 1,000 at 12.15 %: 9.986...
        self.assertIn("Formal notice to pay 1,049.99 €", text)
        self.assertIn("Despite our reminders of 04/04/2026 and 04/21/2026, you", text)
        self.assertIn("to pay this sum within 8 days of receiving this letter.", text)
        self.assertIn(
            "Late-payment interest at 12.15 %, 9.99 € to 05/01/2026 then 0.33 € a day, "
            "and fixed compensation of 40 € per invoice, 40.00 €, are added by law. "
            "Total due today: 1,049.99 €.",
            text,
        )
        self.assertIn("Registered letter with acknowledgement of receipt", text)
        self.assertIn("your answer will be read before anything else is done.", text)

    def test_notice_to_a_consumer_adds_nothing(self):
        text = self._letter("consumer", self._level("consumer_notice"))
        self.assertIn("Formal notice to pay 1,000.00 €", text)
        self.assertIn(
            "Interest at the legal rate runs from this notice. No recovery cost is "
            "charged to you.",
            text,
        )
        self.assertNotIn("40 €", text)
        self.assertNotIn("compensation", text)

    def test_notice_to_a_public_body_adds_its_own_interest(self):
        text = self._letter("public", self._level("public_notice"))
        # 30 days of 1,000 at 10.15 %: 8.342...
        self.assertIn("Formal notice to pay 1,048.34 €", text)
        self.assertIn("Statutory interest at 10.15 %, 8.34 €, and 40 € per", text)
        self.assertNotIn("Late-payment", text)

    def test_notice_says_so_when_the_rate_is_not_known(self):
        for kind, expected in (
            ("professional", "Total due today, without this interest: 1,040.00 €."),
            ("public", "40 € per invoice and statutory interest are added by law."),
        ):
            partner = self._create_customer(f"Ker {kind}", billing_buyer_kind=kind)
            self._owe(partner, 1000, "2030-04-01")
            with self.subTest(kind), self._on("2030-05-01"):
                case = self._case(partner)
                notice = case._billing_get_notice(case._billing_get_words())
                self.assertIn(expected, plain(" ".join(notice["sentences"])))

    def test_notice_without_charges_names_the_debt_alone(self):
        level = self._level("standard_notice")
        level.with_user(self.manager).charges = "none"
        text = self._letter("professional", level)
        self.assertIn("Formal notice to pay 1,000.00 €", text)
        self.assertNotIn("are added by law", text)

    def test_notice_names_one_reminder_or_none(self):
        partner = self._create_customer("Ker")
        self._owe(partner, 1000, "2026-04-01")
        case = self._case(partner)
        for days, expected in (
            (
                [date(2026, 4, 4)],
                "Despite our reminder of 04/04/2026, you",
            ),
            ([], "You still owe us 1,000.00 €"),
        ):
            cases = type(case)
            with (
                self.subTest(days),
                self._on("2026-05-01"),
                patch.object(cases, "_billing_get_contact_dates", lambda self: days),  # noqa: B023
            ):
                notice = case._billing_get_notice(case._billing_get_words())
                self.assertTrue(plain(notice["opening"]).startswith(expected))

    def test_notice_tells_where_to_answer(self):
        partner = self._create_customer("Ker")
        self._owe(partner, 1000, "2026-04-01")
        case = self._case(partner)
        url = "https://example.com/answer/7"
        cases = type(case)
        with (
            self._on("2026-05-01"),
            patch.object(cases, "_billing_get_answer_url", lambda self: url),
        ):
            notice = case._billing_get_notice(case._billing_get_words())
        self.assertIn(f"by post or at {url}: your", " ".join(notice["sentences"]))

    def test_the_mail_brings_the_words_of_the_letter(self):
        level = self._level("standard_notice")
        self._letter("professional", level)
        subject, text, _body = self._mail(self.case, level, "2026-05-01")
        self.assertEqual(subject, "Formal notice to pay 1,049.99 €")
        self.assertIn("are added by law. Total due today: 1,049.99 €.", text)

    def test_a_reminder_on_paper_has_the_words_of_its_mail_and_no_button(self):
        policy = self._create_policy(
            levels=[{"channel": "letter", "template_id": self._template("firm").id}]
        )
        with patch.object(
            type(self.env["billing.dunning.case"]),
            "_billing_get_pay_url",
            lambda self, debt: "https://example.com/pay/7",
        ):
            text = self._letter("professional", policy.level_ids)
        self.assertIn("1,000.00 € to be paid by 05/09/2026", text)
        self.assertIn("Please settle this amount by 05/09/2026.", text)
        self.assertIn("By bank transfer:", text)
        self.assertNotIn("Pay 1,000", text)
        self.assertNotIn("Registered letter", text)

    def test_the_window_is_where_the_countrys_envelopes_have_it(self):
        self._letter("professional", self._level("standard_notice"))
        self.assertEqual(self.case._billing_get_letter()["window"], "right")
        self.company.sudo().country_id = self.env.ref("base.de")
        self.assertEqual(self.case._billing_get_letter()["window"], "left")

    def test_the_file_is_named_after_the_customer(self):
        self._letter("professional", self._level("standard_notice"))
        self.assertEqual(
            self.case._billing_get_letter_name(), "Letter - Ker professional"
        )

    def test_a_stranger_prints_nothing(self):
        self._letter("professional", self._level("standard_notice"))
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            self.case.with_user(stranger)._billing_get_letter()

    # === As the form of a step shows it === #

    def _preview(self, level, partner, **vals):
        level = level.with_user(self.manager)
        with self._on("2026-05-01"):
            shown = level.new({"preview_partner_id": partner.id, **vals}, origin=level)
            return plain(str(shown.preview))

    def test_the_form_shows_the_mail_for_a_customer(self):
        partner = self._create_customer("Cabinet Morel", is_company=True)
        self._owe(partner, 1000, "2026-04-01")
        page = self._preview(self._level("standard_firm"), partner)
        self.assertIn("<strong>1,000.00 € to be paid by 05/09/2026</strong>", page)
        self.assertIn("Please settle this amount", page)
        self.assertFalse(
            self.env["billing.dunning.case"].search([("partner_id", "=", partner.id)])
        )

    def test_the_form_shows_scripts_and_short_messages(self):
        partner = self._create_customer("Cabinet Morel", is_company=True)
        self._owe(partner, 1000, "2026-04-01")
        page = self._preview(self._level("key_call"), partner)
        self.assertIn("1,000.00 €. Did they reach you?<br>", page.replace("/>", ">"))
        policy = self._create_policy(
            levels=[{"channel": "sms", "sms_text": "{total} <open>"}]
        )
        page = self._preview(policy.level_ids, partner)
        self.assertIn("1,000.00 € &lt;open&gt;", page)
        page = self._preview(self._level("standard_handover"), partner)
        self.assertIn("the file is handed over", page)

    def test_the_form_says_why_it_shows_nothing(self):
        partner = self._create_customer("Cabinet Morel", is_company=True)
        level = self._level("standard_firm")
        self.assertIn("owes nothing that this step", self._preview(level, partner))
        shown = level.with_user(self.manager).new({"channel": "email"})
        shown.preview_partner_id = False
        self.assertIn("Nobody owes anything", str(shown.preview))

    def test_the_form_opens_with_the_customer_who_is_late_longest(self):
        partner = self._create_customer("Cabinet Morel", is_company=True, lang="fr_FR")
        self._owe(partner, 1000, "2020-04-01")
        level = self._level("standard_firm").with_user(self.manager)
        self.assertEqual(level.preview_partner_id, partner)
        self.assertEqual(level.preview_lang, "fr_FR")


@tagged("post_install", "-at_install")
class TestDunningPolicyPaper(PolicyCommon, PaperCase):
    """The formal notice as a PDF: one page, its address in the window."""

    def test_the_notice_is_one_page_of_real_text(self):
        partner = self._create_customer("Cabinet Morel", is_company=True)
        for due in ("2026-04-01", "2026-04-08", "2026-04-15"):
            self._owe(partner, 1000, due)
        case = self._case(partner)
        with self._on("2026-05-01"):
            pages = self._get_pages(self._print(case, LETTER))
        self.assertEqual(len(pages), 1)
        self.assertIn("Formal notice to pay", pages[0])
        self.assertIn("Cabinet Morel", pages[0])
