from odoo import Command
from odoo.tests import tagged

from .common import PolicyCommon, plain


@tagged("post_install", "-at_install")
class TestDunningPolicyChoice(PolicyCommon):
    """The first policy that fits a customer is the one it gets, and it is told why."""

    def setUp(self):
        super().setUp()
        self.model = self.env["billing.dunning.policy"].with_user(self.officer)
        self.firm = self._create_customer("Cabinet Morel", is_company=True)

    def _choose(self, partner, day="2026-04-15"):
        with self._on(day):
            return self.model._choose(partner, self.company)[partner]

    def _text(self, partner, day="2026-04-15"):
        chosen = self._choose(partner, day)
        return plain(chosen.policy._get_choice_text(chosen, partner))

    # === The ready policies === #

    def test_a_professional_who_owes_enough_gets_the_standard_policy(self):
        self._owe(self.firm, 500, "2026-04-01")
        self.assertEqual(self._choose(self.firm).policy, self.policies["standard"])

    def test_a_professional_who_owes_little_gets_small_amounts(self):
        self._owe(self.firm, 60, "2026-04-01")
        self.assertEqual(self._choose(self.firm).policy, self.policies["small"])

    def test_a_consumer_gets_the_policy_of_consumers(self):
        person = self._create_customer("Anne Le Bris")
        self.assertEqual(self._choose(person).policy, self.policies["consumer"])

    def test_a_public_body_gets_its_own_policy(self):
        town = self._create_customer("Mairie de Rennes", billing_buyer_kind="public")
        self.assertEqual(self._choose(town).policy, self.policies["public"])

    def test_the_tag_of_a_key_account_comes_first(self):
        tag = self.env.ref("recurring_billing.partner_category_key_account")
        self.firm.sudo().category_id = tag
        self.assertEqual(self._choose(self.firm).policy, self.policies["key_account"])

    # === Criteria === #

    def test_a_tag_below_the_one_asked_for_counts(self):
        tags = self.env["res.partner.category"].sudo()
        above = tags.create({"name": "Chain"})
        below = tags.create({"name": "Hotels", "parent_id": above.id})
        policy = self._create_policy(tag_ids=[Command.link(above.id)])
        self.firm.sudo().category_id = below
        self.assertEqual(self._choose(self.firm).policy, policy)

    def test_country_and_language_are_asked_of_the_customer(self):
        swiss = self._create_policy(
            country_ids=[Command.link(self.env.ref("base.ch").id)], lang="fr_FR"
        )
        self.assertNotEqual(self._choose(self.firm).policy, swiss)
        self.firm.sudo().write(
            {"country_id": self.env.ref("base.ch").id, "lang": "fr_FR"}
        )
        self.assertEqual(self._choose(self.firm).policy, swiss)

    def test_a_running_subscription_counts_by_its_plan(self):
        policy = self._create_policy(plan_ids=[Command.link(self.plan_monthly.id)])
        self.assertNotEqual(self._choose(self.customer).policy, policy)
        self._subscribe("2026-03-01")
        self.assertEqual(self._choose(self.customer).policy, policy)

    def test_a_closed_subscription_counts_no_more(self):
        policy = self._create_policy(plan_ids=[Command.link(self.plan_monthly.id)])
        order = self._subscribe("2026-03-01")
        order.sudo().billing_state = "closed"
        self.assertNotEqual(self._choose(self.customer).policy, policy)

    def test_while_nothing_is_overdue_what_is_open_counts(self):
        self._owe(self.firm, 500, "2026-04-20")
        self.assertEqual(self._choose(self.firm).policy, self.policies["standard"])

    def test_credits_reduce_what_is_overdue(self):
        self._owe(self.firm, 500, "2026-04-01")
        self._owe(self.firm, 450, "2026-04-02", kind="out_refund")
        self.assertEqual(self._choose(self.firm).policy, self.policies["small"])

    def test_a_contact_is_looked_at_as_its_firm(self):
        contact = self._create_customer("Paul Morel", parent_id=self.firm.id)
        with self._on("2026-04-15"):
            found = self.model._choose(contact, self.company)
        self.assertEqual(list(found), [self.firm])

    def test_an_archived_policy_is_not_tried(self):
        self._owe(self.firm, 500, "2026-04-01")
        self.policies["standard"].with_user(self.manager).active = False
        self.assertEqual(self._choose(self.firm).policy, self.policies["small"])

    def test_the_policy_of_another_company_is_not_tried(self):
        stranger = self._create_stranger()
        theirs = {"name": "Theirs", "sequence": 1, "company_id": stranger.company_id.id}
        other = self.model.with_user(stranger).create(theirs).sudo()
        self.assertNotEqual(self._choose(self.firm).policy, other)

    # === Why === #

    def test_the_sentence_says_what_holds_and_what_does_not(self):
        self._owe(self.firm, 500, "2026-04-01")
        self.assertEqual(
            self._text(self.firm),
            "Standard professional applies, because kind is professional, amount is at "
            "least 100.00 € and no tag matches Key account.",
        )

    def test_each_criterion_has_its_words(self):
        self._create_policy("Risky", payer_class="risky")
        self._create_policy("Swiss", country_ids=[self.env.ref("base.ch").id])
        self._create_policy("French", lang="fr_FR")
        self._create_policy("Yearly", plan_ids=self.plan_yearly.ids)
        text = self._text(self.firm)
        self.assertIn("payer is not risky", text)
        self.assertIn("country is not Switzerland", text)
        self.assertIn("language is not French", text)
        self.assertIn("no plan matches", text)
        self.assertIn("amount is below 100.00 €", text)
        self.assertIn("Small amounts applies, because", text)

    def test_each_criterion_that_holds_has_its_words(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Chain"})
        self.customer.sudo().write({"category_id": tag, "lang": "fr_FR"})
        self._subscribe("2026-03-01")
        policy = self._create_policy(
            "All of it",
            tag_ids=tag.ids,
            country_ids=self.env.ref("base.fr").ids,
            lang="fr_FR",
            plan_ids=self.plan_monthly.ids,
            payer_class="unknown",
        )
        self.assertEqual(self._choose(self.customer).policy, policy)
        text = self._text(self.customer)
        self.assertIn("a tag matches Chain, country is France, language is", text)
        self.assertIn("payer is unknown and a plan matches", text)

    def test_a_policy_for_everybody_says_so(self):
        self._create_policy("Everybody")
        self.assertEqual(
            self._text(self.firm), "Everybody applies: it is for all customers."
        )

    def test_no_policy_is_told_too(self):
        self.model.with_user(self.manager).search([]).active = False
        self.assertEqual(
            self._text(self.firm),
            "No policy applies to Cabinet Morel: there is none.",
        )

    def test_trying_it_on_a_customer_tells_the_sentence(self):
        policy = self.policies["small"].with_user(self.manager)
        with self._on("2026-04-15"):
            trial = policy.new({"trial_partner_id": self.firm.id}, origin=policy)
            self.assertIn("Small amounts applies, because", trial.trial_text)
            self.assertFalse(policy.browse(policy.id).trial_text)

    # === Many at once === #

    def test_four_and_forty_customers_cost_the_same_queries(self):
        few = self._create_firms(4)
        many = self._create_firms(40)
        # Whatever is known of neither: the first look warms what both need.
        self._count(self.firm)
        self.assertEqual(self._count(few), self._count(many))

    def _create_firms(self, number):
        partners = self.env["res.partner"].sudo()
        return partners.create(
            [{"name": f"Firm {n}", "is_company": True} for n in range(number)]
        )

    def _count(self, partners):
        partners = partners.with_user(self.officer)
        self.env.flush_all()
        self.env.invalidate_all()
        with self._on("2026-04-15"):
            before = self.env.cr.sql_log_count
            self.model._choose(partners, self.company)
            return self.env.cr.sql_log_count - before
