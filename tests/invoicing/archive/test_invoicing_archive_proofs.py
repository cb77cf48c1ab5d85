import json

from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.delivery.billing_delivery import (
    delivery_writer,
)

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveProofs(ArchiveCommon):
    """What became of a document's sending is sealed beside it."""

    def _deliver(self, move, *events):
        """A delivery of the document, to which things happen."""
        delivery = delivery_writer(self.env["billing.delivery"]).create(
            {
                "move_id": move.id,
                "company_id": move.company_id.id,
                "customer_id": move.commercial_partner_id.id,
                "partner_id": move.partner_id.id,
                "email": "compta@horizon.example",
                "message_ref": "<1@sterenn.example>",
            }
        )
        for event in events:
            self._happen(delivery, event)
        return delivery

    def _happen(self, delivery, event):
        delivery_writer(self.env["billing.delivery.event"]).create(
            {
                "delivery_id": delivery.id,
                "at": "2026-03-02 08:14:00",
                "event": event,
                "state": "sent",
                "email": delivery.email,
                "message_ref": delivery.message_ref,
                "answer": "250 2.0.0 Ok: queued",
            }
        )

    def _proofs(self, move):
        return self._archived(move).proof_ids.sorted("sequence")

    def test_event_of_a_delivery_is_sealed_after_its_document(self):
        move = self._invoice()
        self._deliver(move, "accepted")
        self._archive()
        proof = self._proofs(move)
        self.assertEqual((proof.state, proof.sequence), ("sealed", 2))
        kept = json.loads(proof.file_ids.sudo().attachment_id.raw)
        self.assertEqual(kept["event"], "accepted")
        self.assertEqual(kept["at"], "2026-03-02 08:14:00")
        self.assertEqual(kept["address"], "compta@horizon.example")
        self.assertEqual(kept["message_id"], "<1@sterenn.example>")
        self.assertEqual(kept["answer"], "250 2.0.0 Ok: queued")
        record = json.loads(proof.record)
        self.assertEqual(record["document"]["belongs_to"], "1")
        self.assertEqual(proof.retained_until, self._archived(move).retained_until)

    def test_what_happens_later_is_a_further_record_and_nothing_comes_twice(self):
        move = self._invoice()
        delivery = self._deliver(move, "accepted")
        self._archive()
        self._happen(delivery, "bounced")
        self._archive()
        self._archive()
        self.assertEqual(self._proofs(move).mapped("sequence"), [2, 3])
        self.assertEqual(self._archived(move).file_count, 3)
        self._verify()
        self.assertEqual(self._damages(), [])

    def test_event_waits_for_its_document(self):
        move = self._invoice()
        self._deliver(move, "accepted")
        self._archive({move: "The printer is on strike."})
        self.assertFalse(self._proofs(move))
        self._sql("UPDATE billing_archive SET next_try_at = NULL")
        self._archive()
        self.assertEqual(len(self._proofs(move)), 1)

    def test_events_without_an_archive_are_passed_over_once(self):
        self.company.sudo().billing_archive = False
        delivery = self._deliver(self._invoice(), "accepted")
        self._archive()
        self.assertTrue(delivery.event_ids.archive_done)
        self.assertFalse(self.archives.search([]))

    def test_headline_and_export_count_documents_and_take_proofs_along(self):
        move = self._invoice()
        self._deliver(move, "accepted")
        self._archive()
        self.assertIn("1 documents", self.archives.get_billing_headline([]))
        export = self.env["billing.archive.export"]._request(
            self.company, move.invoice_date, move.invoice_date
        )
        self.assertEqual((export.record_count, export.state), (2, "done"))
        self.assertTrue(export.is_whole)
