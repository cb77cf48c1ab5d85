"""Sealing: one job per company gives records their number and their seal."""

import logging

import psycopg2
from psycopg2.extras import execute_values

from odoo import models
from odoo.tools import SQL

from ....engine.archive import extend_chain
from ..run.billing_invoicing import RETRIABLE
from .billing_archive_facts import sealed_text

_logger = logging.getLogger(__name__)

#: Records that are sealed between two commits.
SEALED = 500
#: Tells the archive's advisory locks from those of others.
LOCK = 0x61726368


class BillingArchiving(models.AbstractModel):
    _inherit = "billing.archiving"

    def _seal(self, company, limit=SEALED):
        """Seal what is ready, in the order in which it came.

        To be called first in a transaction: the lock must be older than the snapshot,
        and the register's row tells when it was not.

        :return: how many; 0 when another process seals for this company.
        :raises: a retriable error of the database when another was faster.
        """
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, company.id])
        if not cr.fetchone()[0]:
            return 0
        chain = self.env["billing.archive.chain"]._get_or_create(company)
        self.env.flush_all()
        cr.execute(
            "SELECT sequence, seal FROM billing_archive_chain WHERE id = %s FOR UPDATE",
            [chain.id],
        )
        sequence, seal = cr.fetchone()
        rows = self._get_ready(company, limit)
        if not rows:
            return 0
        moment = cr.now().replace(microsecond=0)
        links = extend_chain(
            [row[1] for row in rows],
            sequence=sequence or 0,
            seal=seal,
            sealed_at=sealed_text(moment),
        )
        self._write_links([row[0] for row in rows], links, moment)
        cr.execute(
            "UPDATE billing_archive_chain SET sequence = %s, seal = %s, sealed_at = %s"
            " WHERE id = %s",
            [links[-1].sequence, links[-1].seal, moment, chain.id],
        )
        self.env.invalidate_all()
        return len(links)

    def _get_ready(self, company, limit):
        """Records to seal; those whose document is being reset meanwhile are left."""
        return self.env.execute_query(
            SQL(
                """
                SELECT archive.id, archive.digest
                  FROM billing_archive archive
                  JOIN account_move move ON move.id = archive.move_id
                 WHERE archive.company_id = %s AND archive.state = 'ready'
                   AND move.state = 'posted'
                 ORDER BY archive.id
                 LIMIT %s
                   FOR UPDATE OF archive SKIP LOCKED
                """,
                company.id,
                limit,
            )
        )

    def _write_links(self, ids, links, moment):
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_archive archive
               SET state = 'sealed', sequence = link.sequence, previous = link.previous,
                   seal = link.seal, sealed_at = link.sealed_at
              FROM (VALUES %s) AS link (id, sequence, previous, seal, sealed_at)
             WHERE archive.id = link.id
            """,
            [
                (archive_id, link.sequence, link.previous, link.seal, moment)
                for archive_id, link in zip(ids, links, strict=True)
            ],
            template="(%s, %s, %s, %s, %s::timestamp)",
            page_size=len(ids),
        )
        self.env.cr.execute(
            """
            UPDATE account_move move
               SET billing_archive_state = 'archived',
                   billing_archive_number = archive.sequence
              FROM billing_archive archive
             WHERE archive.id = ANY(%s) AND archive.kind = 'document'
               AND move.id = archive.move_id
            """,
            [ids],
        )

    # === The scheduled job === #

    def _cron_archive(self):
        """Take in what was posted, then seal it; goes on where it was stopped."""
        cron = self.env["ir.cron"]
        while self._note_documents():
            if not cron._commit_progress():
                return self._go_on()
        while True:
            # Before the claim, which counts as a try.
            if not cron._commit_progress():
                return self._go_on()
            claimed = self._claim()
            if not cron._commit_progress(remaining=len(claimed)):
                return self._go_on()
            if not claimed:
                break
            self._try_to_take_in(claimed)
            if not cron._commit_progress(len(claimed)):
                return self._go_on()
            if not self._seal_all():
                return self._go_on()
        if not self._seal_all():
            return self._go_on()
        while self._keep_proofs():
            if not cron._commit_progress():
                return self._go_on()
        return self._seal_all() or self._go_on()

    def _try_to_take_in(self, claimed):
        try:
            self._take_in(claimed)
        except RETRIABLE as error:
            # They stay claimed, and have their turn again soon.
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.info("Archive: a race for documents was lost (%s)", error)

    def _seal_all(self):
        """Seal for every company, each batch in a transaction of its own.

        :return: False when the job's time is over.
        """
        cron = self.env["ir.cron"]
        companies = self.env["billing.archive"]._read_group(
            [("state", "=", "ready")], ["company_id"]
        )
        for (company,) in companies:
            sealed = True
            while sealed:
                if not cron._commit_progress():
                    return False
                try:
                    sealed = self._seal(company)
                except (*RETRIABLE, psycopg2.errors.UniqueViolation):
                    # Somebody was faster: what is left is sealed by the next call.
                    self.env.cr.rollback()
                    self.env.invalidate_all()
                    break
        return bool(cron._commit_progress(remaining=0))

    def _go_on(self):
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger()
