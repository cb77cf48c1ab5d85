"""Proofs of sending: each event of a delivery is sealed beside its document."""

from odoo import fields, models
from odoo.tools import SQL

from ....engine.canonical import canonical
from .guards import archive_writer

#: Events that are kept between two commits.
PROOFS = 200


class BillingDeliveryEvent(models.Model):
    """An event that the archive keeps as a proof."""

    _inherit = "billing.delivery.event"

    archive_done = fields.Boolean(
        string="Seen by the archive", readonly=True, copy=False
    )

    _to_archive_idx = models.Index("(id) WHERE archive_done IS NOT TRUE")


class BillingArchiving(models.AbstractModel):
    _inherit = "billing.archiving"

    def _keep_proofs(self):
        """Let the events of archived documents become records, ready to be sealed.

        Events come after the document, also years later: each is a record of its own,
        sealed when it comes, that names the number of its document.

        :return: how many.
        """
        self.env["billing.delivery.event"].flush_model()
        self._pass_over_events()
        rows = self._note_proofs()
        if not rows:
            return 0
        archives = archive_writer(
            self.env["billing.archive"].browse([row["id"] for row in rows])
        )
        # The archive's own job reads what the sending wrote.
        events = self.env["billing.delivery.event"].sudo()
        events = events.browse([row["event_ref"] for row in rows])
        self._keep(
            {
                archive: {
                    ("proof", f"proof_{event.id}.json"): canonical(
                        self._get_proof(event)
                    ).encode()
                }
                for archive, event in zip(archives, events, strict=True)
            }
        )
        self._mark_events(events.ids)
        return len(rows)

    def _note_proofs(self):
        """Give each new event of an archived document a record, still without file."""
        return self.env.execute_query_dict(
            SQL(
                """
                INSERT INTO billing_archive (
                       move_id, parent_id, company_id, partner_id, kind, state, number,
                       move_type, document_date, customer_name, currency_id,
                       amount_total, event_ref, integrity, attempts, create_uid,
                       write_uid, create_date, write_date)
                SELECT doc.move_id, doc.id, doc.company_id, doc.partner_id, 'proof',
                       'waiting', doc.number, doc.move_type, doc.document_date,
                       doc.customer_name, doc.currency_id, doc.amount_total, event.id,
                       'unverified', 0, %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM billing_delivery_event event
                  JOIN billing_delivery delivery ON delivery.id = event.delivery_id
                  JOIN billing_archive doc ON doc.move_id = delivery.move_id
                   AND doc.kind = 'document' AND doc.state = 'sealed'
                 WHERE event.archive_done IS NOT TRUE
                 ORDER BY event.id
                 LIMIT %(limit)s
                RETURNING id, event_ref
                """,
                user=self.env.uid,
                limit=PROOFS,
            )
        )

    def _pass_over_events(self):
        """Do not look again at what belongs to no archive."""
        self.env.cr.execute(
            """
            UPDATE billing_delivery_event event
               SET archive_done = TRUE
              FROM billing_delivery delivery
              JOIN account_move move ON move.id = delivery.move_id
             WHERE event.archive_done IS NOT TRUE
               AND delivery.id = event.delivery_id
               AND move.billing_archive_state IS NULL
            """
        )

    def _mark_events(self, ids):
        self.env.cr.execute(
            "UPDATE billing_delivery_event SET archive_done = TRUE WHERE id = ANY(%s)",
            [ids],
        )
        self.env["billing.delivery.event"].invalidate_model(["archive_done"])

    def _get_proof(self, event):
        """What happened, as text; without the words of a language."""
        delivery = event.delivery_id
        return {
            "format": 1,
            "event": event.event,
            "at": fields.Datetime.to_string(event.at),
            "state": event.state,
            "channel": delivery.channel,
            "recipient": delivery.partner_id.name or "",
            "address": event.email or "",
            "message_id": event.message_ref or "",
            "answer": event.answer or "",
            "user": event.user_id.login or "",
        }
