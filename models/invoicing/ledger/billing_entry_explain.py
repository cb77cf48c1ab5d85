"""The seal of an entry's facts, and what a screen asks of an entry."""

from odoo import api, fields, models
from odoo.tools import SQL, split_every
from odoo.tools.sql import column_exists

from ....engine.canonical import digest

#: Entries sealed together when the column is new.
_BATCH = 2000


def sealed(vals):
    """Values of an entry with the digest of its facts, where they hold facts."""
    if "facts" not in vals:
        return vals
    facts = vals["facts"]
    return {**vals, "facts_digest": digest(facts) if facts else None}


class BillingEntry(models.Model):
    _inherit = "billing.entry"

    facts_digest = fields.Char(
        string="Seal",
        readonly=True,
        copy=False,
        help="SHA-256 of the facts when they were written: a replay finds what moved.",
    )

    def _auto_init(self):
        is_new = not column_exists(self.env.cr, self._table, "facts_digest")
        res = super()._auto_init()
        if is_new:
            self._seal_all()
        return res

    def _seal_all(self):
        """Seal the facts of entries that were written before there was a seal."""
        rows = self.env.execute_query(
            SQL("SELECT id FROM billing_entry WHERE facts IS NOT NULL ORDER BY id")
        )
        for ids in split_every(_BATCH, [entry_id for (entry_id,) in rows]):
            found = self.env.execute_query(
                SQL("SELECT id, facts FROM billing_entry WHERE id = ANY(%s)", list(ids))
            )
            seals = [(entry_id, digest(facts)) for entry_id, facts in found if facts]
            self.env.cr.execute_values(
                """
                UPDATE billing_entry entry SET facts_digest = seal.value
                  FROM (VALUES %s) AS seal(id, value)
                 WHERE entry.id = seal.id
                """,
                seals,
            )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([sealed(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(sealed(vals))

    # === What screens ask === #

    def get_explanations(self):
        """How the amounts were reached: sentences, total and the facts used.

        :return: one dict an entry: ``id``, ``sentences``, ``total``, ``facts`` as
            label and value pairs.
        """
        self.check_access("read")
        explained = []
        # Who may read an entry may know its product and its unit of measure.
        for entry in self.sudo():
            sentences, total = entry._explain()
            explained.append(
                {
                    "id": entry.id,
                    "sentences": sentences,
                    "total": total,
                    "facts": entry._explain_facts(),
                }
            )
        return explained

    def replay(self):
        """Compute the amounts again from the stored facts and compare.

        :return: one dict an entry: ``id``, ``identical`` and ``text``, in words.
        """
        self.check_access("read")
        verdicts = self.env["billing.replay"]._replay(self.ids)
        return [
            {
                "id": entry.id,
                "identical": verdicts[entry.id].identical,
                "text": entry._get_verdict_text(verdicts[entry.id]),
            }
            # Who may read an entry may know the number of its document.
            for entry in self.sudo()
        ]
