"""Exports that cannot be made, and those behind them."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.models.invoicing.archive import (
    billing_archive_export,
)

from .common import ArchiveCommon

EXPORT = billing_archive_export.__name__


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveExportFaults(ArchiveCommon):
    """One that fails is tried again, says why, and keeps no other waiting."""

    def setUp(self):
        super().setUp()
        for day in ("2026-03-02", "2026-03-09"):
            self._invoice(day)
        self._archive()
        self.patch(billing_archive_export, "AT_ONCE", 0)
        self.exports = self.env["billing.archive.export"]
        self.sick, self.healthy = (self._export() for _number in range(2))

    def _export(self):
        return self.exports._request(
            self.company, self._day("2026-03-01"), self._day("2026-03-31")
        )

    def _fail(self, times=None):
        """Building the first export fails, so many times or for ever."""
        model = self.env.registry["billing.archive.export"]
        write, calls = model._write_zip, []

        def write_zip(export, path):
            if export.id == self.sick.id and (times is None or len(calls) < times):
                calls.append(1)
                raise OSError("No space left on device")
            write(export, path)

        self.patch(model, "_write_zip", write_zip)

    @mute_logger(EXPORT)
    def _run_job(self):
        with self._scheduler_mode():
            self._cron("ir_cron_archive_export").method_direct_trigger()
        self.env.invalidate_all()

    def test_those_behind_it_are_made(self):
        self._fail()
        self._run_job()
        self.assertEqual(self.healthy.state, "done")
        self.assertEqual((self.sick.state, self.sick.attempts), ("queued", 1))
        self.assertEqual(self.sick.fault, "No space left on device")

    def test_it_is_tried_again_and_made(self):
        self._fail(times=1)
        self._run_job()
        self._run_job()
        self.assertEqual((self.sick.state, self.sick.fault), ("done", False))

    def test_in_the_end_it_is_not_made_and_says_why(self):
        self._fail()
        for _turn in range(billing_archive_export.TRIES):
            self._run_job()
        self.assertEqual(self.sick.state, "unmade")
        with self.assertRaisesRegex(UserError, "could not be made. No space left"):
            self.sick.action_download()
        self._run_job()
        self.assertEqual(self.sick.attempts, billing_archive_export.TRIES)

    def test_it_wakes_the_job_again(self):
        self._fail()
        cron = self._cron("ir_cron_archive_export")
        self._run_job()
        trigger = self.env["ir.cron.trigger"].sudo()
        trigger = trigger.search([("cron_id", "=", cron.id)], order="id desc", limit=1)
        self.assertGreaterEqual(
            trigger.call_at,
            self.env.cr.now() + billing_archive_export.RETRY_AFTER,
        )

    def test_what_killed_the_process_each_time_is_not_made(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_archive_export SET attempts = %s WHERE id = %s",
            [billing_archive_export.TRIES, self.sick.id],
        )
        self.env.invalidate_all()
        self._run_job()
        self.assertEqual(self.sick.state, "unmade")
        self.assertIn("The server stopped while it was being made", self.sick.fault)
        self.assertEqual(self.healthy.state, "done")

    def test_the_file_s_own_records_are_counted(self):
        self._invoice("2026-03-16")
        self._archive()
        self._run_job()
        self.assertEqual(self.healthy.record_count, 3)
        self.assertTrue(self.healthy.is_whole)
        self.assertEqual(self.healthy.last_sequence, 3)
