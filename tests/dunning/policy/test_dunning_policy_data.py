from lxml import html

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import PolicyCommon

#: Words that belong to the last reminder and to what comes after it.
THREATS = {
    "en_US": ("formal notice", "court", "counsel", "lawyer", "suspend", "registered"),
    "fr_FR": ("mise en demeure", "tribunal", "juridiction", "avocat", "huissier",
              "suspendu", "recommandée", "poursuite", "contentieux"),
}  # fmt: skip
#: Levels in which they may stand.
LATE = ("last", "notice", "handover")


@tagged("post_install", "-at_install")
class TestDunningPolicyData(PolicyCommon):
    """The ready policies are complete, in both languages, and mannered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._speak_french()

    def setUp(self):
        super().setUp()
        self.levels = self.env["billing.dunning.level"].search(
            [("policy_id", "in", [policy.id for policy in self.policies.values()])]
        )
        self.names = {
            level.id: level.get_external_id()[level.id].split("_level_")[1]
            for level in self.levels.sudo()
        }

    def _render_all(self, lang):
        """Mail of each written level as a professional, a consumer, a public body gets
        it: (name of the level, subject, page).
        """
        found = []
        for kind, policies in {
            "professional": ("standard", "key_account", "small"),
            "consumer": ("consumer", "small"),
            "public": ("public", "key_account"),
        }.items():
            partner = self._create_customer(
                f"Ker {kind} {lang}", billing_buyer_kind=kind, lang=lang
            )
            self._owe(partner, 1240, "2026-04-01")
            case = self._case(partner)
            for policy in policies:
                for level in self.policies[policy].level_ids.filtered("template_id"):
                    day = "2026-03-28" if level.delay < 0 else "2026-05-20"
                    subject, _text, body = self._mail(case, level, day)
                    found.append((self.names[level.id], subject, body))
        return found

    def _get_body_words(self, body):
        """The words of a mail, its table of invoices left aside."""
        page = html.fromstring(body)
        for table in page.xpath("//table"):
            table.drop_tree()
        return html2plaintext(html.tostring(page, encoding="unicode")).split()

    def test_the_steps_stand_on_their_days(self):
        self.assertEqual(
            {name: policy.levels_text for name, policy in self.policies.items()},
            {
                "key_account": "+3 · +10 · +20 · +30 · +45 · +60 · +80",
                "public": "−10 · +5 · +20 · +35 · +50 · +80",
                "consumer": "−5 · +4 · +14 · +25 · +36 · +60",
                "standard": "−5 · +3 · +10 · +20 · +30 · +45",
                "small": "+15 · +45 · +75",
            },
        )

    def test_the_days_to_answer_are_over_before_the_next_step(self):
        for policy in self.policies.values():
            for level, following in zip(
                policy.level_ids, policy.level_ids[1:], strict=False
            ):
                gap = following.delay - level.delay
                with self.subTest(policy=policy.name, level=level.name):
                    self.assertLessEqual(following.rest_days_between, gap)
                    if level.delay > 0:
                        self.assertLess(level.answer_days, gap)

    def test_each_level_has_its_name_and_words_in_both_languages(self):
        for level in self.levels:
            french = level.with_context(lang="fr_FR")
            with self.subTest(self.names[level.id]):
                self.assertNotEqual(level.name, french.name)
                for name in ("subject", "body_html"):
                    template = level.template_id.sudo()
                    # The notice's words are those of the letter.
                    if template and not (name == "body_html" and level.formal):
                        self.assertNotEqual(
                            template[name],
                            template.with_context(lang="fr_FR")[name],
                        )
                if level.call_script:
                    self.assertNotEqual(level.call_script, french.call_script)

    def test_a_person_calls_a_key_account_first_and_nothing_leaves_by_itself(self):
        levels = self.policies["key_account"].level_ids
        self.assertEqual(levels[0].channel, "call")
        self.assertFalse(any(levels.mapped("automatic")))

    def test_what_is_firm_is_approved_by_a_person(self):
        firm = self.levels.filtered(
            lambda level: self.names[level.id].split("_")[-1] in ("firm", *LATE)
        )
        self.assertFalse(any(firm.mapped("automatic")))

    def test_consumers_are_charged_nothing(self):
        self.assertEqual(
            set(self.policies["consumer"].level_ids.mapped("charges")), {"none"}
        )

    def test_mails_are_short_and_greet_by_name(self):
        for lang, greeting in (("en_US", "Hello Ker"), ("fr_FR", "Bonjour Ker")):
            for name, _subject, body in self._render_all(lang):
                if name.endswith("notice"):
                    continue
                words = self._get_body_words(body)
                with self.subTest(lang=lang, level=name, words=len(words)):
                    self.assertLess(len(words), 120)
                    self.assertTrue(" ".join(words).startswith(greeting), words[:4])

    def test_no_threat_before_the_last_reminder(self):
        for lang, threats in THREATS.items():
            for name, subject, body in self._render_all(lang):
                if name.endswith(LATE):
                    continue
                text = f"{subject} {html2plaintext(body)}".lower()
                for threat in threats:
                    with self.subTest(lang=lang, level=name, threat=threat):
                        self.assertNotIn(threat, text)

    def test_nobody_shouts(self):
        for lang in THREATS:
            for name, subject, body in self._render_all(lang):
                text = f"{subject} {html2plaintext(body)}"
                with self.subTest(lang=lang, level=name):
                    self.assertNotIn("!", text)
                    self.assertNotIn("None", text)
                    self.assertNotIn("False", text)

    def test_french_mails_say_what_they_are_to_say(self):
        partner = self._create_customer("Cabinet Morel", is_company=True, lang="fr_FR")
        invoice = self._owe(partner, 1240, "2026-04-01")
        case = self._case(partner)
        subject, text, _body = self._mail(
            case, self._level("standard_friendly"), "2026-04-04"
        )
        self.assertEqual(subject, f"Facture {invoice.name} : un simple oubli ?")
        self.assertIn("sauf erreur de notre part, le règlement de votre facture", text)
        subject, text, _body = self._mail(
            case, self._level("standard_firm"), "2026-04-11"
        )
        self.assertIn("à régler avant le 19/04/2026", subject)
        self.assertIn("nous ne les avons pas demandés à ce jour.", text)
