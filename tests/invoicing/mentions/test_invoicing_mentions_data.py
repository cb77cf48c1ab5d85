import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MentionsCase


@tagged("post_install", "-at_install")
class TestInvoicingMentionsData(MentionsCase):
    """The law is data: who may change it, and what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.admin_env,
            login="boss",
            groups="recurring_billing.recurring_billing_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.recovery = cls.env.ref("recurring_billing.billing_mention_fr_recovery")

    def _create_mention(self, **vals):
        return (
            self.env["billing.mention"]
            .with_user(self.manager)
            .create({"name": "Own", "code": "own", "text": "Own words", **vals})
        )

    # === Mentions === #

    def test_a_text_that_nothing_fills_in_is_refused(self):
        with self.assertRaisesRegex(
            ValidationError, r"Own: nothing fills in \{price\}. Use one of .*\{rate\}"
        ):
            self._create_mention(text="Rate {price}")
        with self.assertRaisesRegex(ValidationError, "a brace is not closed"):
            self._create_mention(text="Rate {rate")

    def test_a_translation_that_nothing_fills_in_is_refused(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        mention = self._create_mention()
        with self.assertRaises(ValidationError):
            mention.with_context(lang="fr_FR").text = "Taux {taux}"

    def test_a_mention_for_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "applies to nobody"):
            self._create_mention(
                for_professional=False, for_public=False, for_consumer=False
            )
        with self.assertRaisesRegex(ValidationError, "applies to nobody"):
            self._create_mention(in_country=False, in_union=False, outside_union=False)

    def test_a_mention_that_ends_before_it_begins_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error),
            self.cr.savepoint(),
        ):
            self._create_mention(date_from="2026-02-01", date_to="2026-01-31")
            self.env.flush_all()

    def test_a_new_mention_is_printed_and_an_archived_one_is_not(self):
        mention = self._create_mention(sequence=99)
        draft = self._draft()
        self.assertEqual(self._text(draft, "own"), "Own words")
        mention.active = False
        self.assertNotIn("own", self._codes(draft))

    def test_a_deleted_mention_stays_on_the_documents_that_carry_it(self):
        mention = self._create_mention()
        invoice = self._post()
        mention.unlink()
        self.assertIn("own", self._codes(invoice))
        self.assertNotIn("own", self._codes(self._draft()))

    def test_a_companys_own_mention_stands_on_its_documents_only(self):
        stranger = self._create_stranger()
        self._create_mention(company_id=self.company.id)
        self.assertIn("own", self._codes(self._draft()))
        rules = self.env["billing.mention"]._get_rules("en_US", stranger.company_id.id)
        self.assertNotIn("own", [rule.code for rule in rules])

    def test_a_stranger_sees_the_law_and_no_mention_of_ours(self):
        own = self._create_mention(company_id=self.company.id)
        stranger = self._create_stranger()
        seen = self.env["billing.mention"].with_user(stranger).search([])
        self.assertIn(self.recovery, seen)
        self.assertNotIn(own, seen)
        with self.assertRaises(AccessError):
            own.with_user(stranger).write({"text": "Theirs"})

    def test_a_clerk_reads_the_law_and_does_not_write_it(self):
        self.assertTrue(self.recovery.with_user(self.user).text)
        with self.assertRaises(AccessError):
            self.recovery.with_user(self.user).write({"text": "No indemnity"})
        with self.assertRaises(AccessError):
            self.rates.with_user(self.user).create({"date_from": "2030-01-01"})

    def test_the_list_says_whom_a_mention_is_for(self):
        self.assertEqual(self.recovery.applies_to, "FR, professionals")
        union = self.env.ref("recurring_billing.billing_mention_eu_reverse_charge")
        self.assertEqual(union.applies_to, "European Union")
        siren = self.env.ref("recurring_billing.billing_mention_fr_buyer_siren")
        self.assertEqual(
            siren.applies_to,
            "FR, professionals, public bodies, in the seller's country",
        )

    # === A sample === #

    def _sample(self, mention, move):
        sample = (
            self.env["billing.mention.sample"]
            .with_user(self.manager)
            .create({"mention_id": mention.id, "move_id": move.id})
        )
        return sample.verdict, str(sample.document)

    def test_a_sample_shows_the_mention_among_the_others(self):
        verdict, shown = self._sample(self.recovery, self._post())
        self.assertEqual(verdict, "Printed on this invoice.")
        self.assertIn("<b>In case of late payment, a fixed indemnity of 40", shown)
        self.assertIn("<p>No discount for early payment.</p>", shown)

    def test_a_sample_says_why_a_mention_is_not_printed(self):
        public = self.env.ref("recurring_billing.billing_mention_fr_recovery_public")
        verdict, shown = self._sample(public, self._post())
        self.assertEqual(verdict, "Not printed: the customer is of another kind.")
        self.assertNotIn("<b>", shown)
        self.company.sudo().billing_share_capital = 0
        seller = self.env.ref("recurring_billing.billing_mention_fr_seller")
        verdict, _shown = self._sample(seller, self._post())
        self.assertEqual(verdict, "Not printed: a fact is missing for it.")

    def test_the_button_opens_the_last_invoice(self):
        invoice = self._post()
        action = self.recovery.with_user(self.manager).action_see_sample()
        sample = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(sample.move_id, invoice)

    # === Kind of customer === #

    def test_the_kind_of_a_customer_follows_what_it_is(self):
        person = self._create_customer("Jeanne")
        business = self._create_customer("Jeanne SARL", is_company=True)
        trader = self._create_customer("Paul", company_registry="732829320")
        self.assertEqual(person.billing_buyer_kind, "consumer")
        self.assertEqual(business.billing_buyer_kind, "professional")
        self.assertEqual(trader.billing_buyer_kind, "professional")

    def test_a_public_body_stays_one(self):
        town = self._create_customer("Mairie", is_company=True).sudo()
        town.billing_buyer_kind = "public"
        town.is_company = False
        self.assertEqual(town.billing_buyer_kind, "public")
