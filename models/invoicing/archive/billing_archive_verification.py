"""Verification: links and files computed again, damages named and noted."""

import hashlib
import logging

from odoo import models
from odoo.tools import SQL

from ....engine.archive_verdicts import Damage, Place, verify_chain, verify_files
from .guards import archive_writer
from .triggers import is_guarded

_logger = logging.getLogger(__name__)

#: Records whose links are computed between two commits.
STRETCH = 2000
#: Documents whose files are read between two commits.
FILES = 200
#: Documents whose files are read in one night.
NIGHT = 5000
#: What only the reading of files can find, or find to be right again.
FILE_CODES = ("file_changed", "file_missing")


class BillingArchiveChain(models.Model):
    _inherit = "billing.archive.chain"

    def _verify_links(self, *, in_round=False):
        """Compute the whole chain again, stretch by stretch.

        :param in_round: go on where the round was left, and note how far it came.
        :return: a generator that yields after each stretch, for the caller to commit.
        """
        self.ensure_one()
        chain = archive_writer(self)
        place = Place()
        if in_round and self.round_links_until:
            place = Place(self.round_links_until, self.round_links_seal)
        while True:
            # Read again: the caller's commit may have let new documents in.
            self.invalidate_recordset(["sequence", "seal"])
            head = Place(self.sequence, self.seal)
            # Numbers beyond the register are read too: somebody may have added some.
            last = max(self.sequence, self._get_last_number())
            rows = self._read_stretch(place.sequence, STRETCH)
            until = rows[-1].link.sequence if len(rows) == STRETCH else last
            is_end = until >= last
            damages = verify_chain(rows, after=place, head=head if is_end else None)
            self._note_damages(place.sequence + 1, until, damages, files=False)
            if is_end:
                break
            place = Place(until, rows[-1].link.seal)
            if in_round:
                chain.round_links_until = place.sequence
                chain.round_links_seal = place.seal
            yield until
        self._note_guard()
        chain.links_verified_at = self.env.cr.now()
        if in_round:
            chain.round_phase = "files"

    def _get_last_number(self):
        self.env.cr.execute(
            "SELECT max(sequence) FROM billing_archive WHERE company_id = %s",
            [self.company_id.id],
        )
        return self.env.cr.fetchone()[0] or 0

    def _read_stretch(self, after, limit):
        """The next sealed records in the order of their numbers."""
        # The verification reads all, also what its caller may not see.
        archives = self.env["billing.archive"].sudo()
        archives.invalidate_model()
        found = archives.search(
            [("company_id", "=", self.company_id.id), ("sequence", ">", after)],
            order="sequence, id",
            limit=limit,
        )
        return list(found._as_stored())

    def _verify_files(self, until=None):
        """Read the files of the next documents, and compare them with the records.

        A round goes from the first to the last; it ends with the archive verified.

        :param until: number to stop at; None for all that are left of the round.
        :return: a generator that yields after each batch, for the caller to commit.
        """
        self.ensure_one()
        chain = archive_writer(self)
        while until is None or chain.files_until < until:
            rows = self._read_stretch(chain.files_until, FILES)
            if not rows:
                chain.files_until = 0
                chain.verified_at = self.env.cr.now()
                break
            first, last = chain.files_until + 1, rows[-1].link.sequence
            self._note_damages(first, last, self._find_file_damages(rows), files=True)
            chain.files_until = last
            yield last

    def _find_file_damages(self, rows):
        found = self._read_files([row.key for row in rows])
        return [
            damage
            for row in rows
            for damage in verify_files(row, found.get(row.key, {}))
        ]

    def _read_files(self, ids):
        """What can be read of the kept files.

        :return: ``{archive id: {(kind, name): (size, SHA-256) or None}}``
        """
        # The verification reads all, also what its caller may not see.
        files = self.env["billing.archive.file"].sudo()
        files.invalidate_model()
        self.env["ir.attachment"].invalidate_model()
        found = {}
        for file in files.search([("archive_id", "in", ids)]):
            content = file._read_content()
            told = content is not None and (
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
            names = found.setdefault(file.archive_id.id, {})
            names[file.kind, file.name] = told or None
        return found

    # === Noting === #

    def _note_damages(self, first, last, damages, *, files):
        """Bring the noted damages of a stretch in line with what was found now.

        :param files: whether the files were read, and not the links.
        """
        found = {}
        for damage in self._name_missing(damages):
            found[damage.sequence, damage.code, damage.detail] = damage
        notes = archive_writer(self.env["billing.archive.damage"])
        known = notes.search(
            [
                ("chain_id", "=", self.id),
                ("solved_at", "=", False),
                # The beginning of the chain stands at no number.
                ("sequence", ">=", first if first > 1 else 0),
                ("sequence", "<=", last),
                ("code", "in" if files else "not in", [*FILE_CODES]),
                ("code", "!=", "unguarded"),
            ]
        )
        gone = known.filtered(
            lambda note: (note.sequence, note.code, note.detail or "") not in found
        )
        gone.solved_at = self.env.cr.now()
        told = {(note.sequence, note.code, note.detail or "") for note in known - gone}
        notes.create(
            [
                self._prepare_damage_vals(damage)
                for key, damage in found.items()
                if key not in told
            ]
        )
        self._mark_integrity(first, last, files)

    def _name_missing(self, damages):
        """Single numbers, with the names that their invoices remember."""
        for damage in damages:
            if damage.code != "missing":
                yield damage
                continue
            names = self._get_names(damage.sequence, int(damage.detail))
            for number in range(damage.sequence, int(damage.detail) + 1):
                yield Damage("missing", number, name=names.get(number, ("",))[0])

    def _get_names(self, first, last):
        """``{number: (name, move id)}`` of the invoices archived at these numbers."""
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT billing_archive_number, name, id
                  FROM account_move
                 WHERE company_id = %s AND billing_archive_state = 'archived'
                   AND billing_archive_number BETWEEN %s AND %s
                """,
                self.company_id.id,
                first,
                last,
            )
        )
        return {number: (name, move_id) for number, name, move_id in rows}

    def _prepare_damage_vals(self, damage):
        # Whose archive is damaged is told to whoever may read damages.
        archive = self.env["billing.archive"].sudo().browse(damage.key)
        move_id = archive.move_id.id
        if not archive:
            names = self._get_names(damage.sequence, damage.sequence)
            move_id = names.get(damage.sequence, ("", False))[1]
        return {
            "chain_id": self.id,
            "archive_id": archive.id,
            "move_id": move_id,
            "sequence": damage.sequence,
            "code": damage.code,
            "name": damage.name or archive.number or archive.move_id.name,
            "detail": damage.detail,
            "found_at": self.env.cr.now(),
        }

    def _mark_integrity(self, first, last, files):
        """Let each record of a stretch say what is known of it.

        Intact is what had its files read and has no damage left.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE billing_archive archive
                   SET integrity = known.integrity
                  FROM (SELECT one.id,
                               CASE WHEN EXISTS (SELECT FROM billing_archive_damage note
                                                  WHERE note.archive_id = one.id
                                                    AND note.solved_at IS NULL)
                                    THEN 'damaged'
                                    WHEN %(files)s THEN 'intact'
                                    WHEN one.integrity = 'damaged' THEN 'unverified'
                                    ELSE one.integrity END AS integrity
                          FROM billing_archive one
                         WHERE one.company_id = %(company)s
                           AND one.sequence BETWEEN %(first)s AND %(last)s) AS known
                 WHERE archive.id = known.id
                   AND archive.integrity <> known.integrity
                """,
                company=self.company_id.id,
                files=files,
                first=first,
                last=last,
            )
        )
        self.env["billing.archive"].invalidate_model(["integrity"])

    def _note_guard(self):
        """Note whether the database still refuses what it must."""
        notes = archive_writer(self.env["billing.archive.damage"])
        known = notes.search(
            [
                ("chain_id", "=", self.id),
                ("solved_at", "=", False),
                ("code", "=", "unguarded"),
            ]
        )
        guarded = is_guarded(self.env.cr)
        if guarded:
            known.solved_at = self.env.cr.now()
        elif not known:
            notes.create(self._prepare_damage_vals(Damage("unguarded", 0)))

    # === The scheduled verification, and the button === #

    def _verify_whole(self):
        """Verify links and all files in this transaction, for a person who waits."""
        for chain in self:
            before = chain._get_open_damages()
            archive_writer(chain).files_until = 0
            for _stretch in chain._verify_links():
                pass
            for _batch in chain._verify_files():
                pass
            chain._alert(before)

    def _cron_verify(self, *, whole=False):
        """Verify the links of every archive, and the files of the next documents.

        :param whole: begin at the first document, and read the files of all.
        """
        cron = self.env["ir.cron"]
        # The scheduler verifies all companies.
        chains = self.sudo().search([("sequence", ">", 0)]).sudo(False)
        waiting = chains.filtered("round_phase")
        # A job whose time was over is called again: it goes on, it does not begin anew.
        if not waiting or (whole and not any(waiting.mapped("round_whole"))):
            chains._begin_round(whole=whole)
            waiting = chains
        left = len(waiting)
        for chain in waiting:
            before = chain._get_open_damages()
            for _done in chain._verify_round():
                if not cron._commit_progress(remaining=left):
                    chain._alert(before)
                    return
            chain._alert(before)
            left -= 1
            if not cron._commit_progress(1, remaining=left) and left:
                return

    def _begin_round(self, *, whole):
        """Let every register wait for its verification."""
        for chain in archive_writer(self):
            read = 0 if whole else chain.files_until
            chain.write(
                {
                    "round_phase": "links",
                    "round_whole": whole,
                    "round_links_until": 0,
                    "round_links_seal": False,
                    "files_until": read,
                    "round_files_until": chain.sequence if whole else read + NIGHT,
                }
            )

    def _verify_round(self):
        """Verify what is left of the round; yields where the caller may commit."""
        if self.round_phase == "links":
            yield from self._verify_links(in_round=True)
            yield self.sequence
        # Once more than is there, to find the end: only then was all of it read.
        until = None if self.round_whole else self.round_files_until
        yield from self._verify_files(until)
        archive_writer(self).round_phase = False

    def _get_open_damages(self):
        # The verification compares with all damages that are noted.
        return (
            self.env["billing.archive.damage"]
            .sudo()
            .search([("chain_id", "=", self.id), ("solved_at", "=", False)])
        )

    def _alert(self, before):
        """Tell the managers what is newly damaged, once; take it back when it is not.

        :param before: the damages that were open before.
        """
        chain = archive_writer(self)
        now = self._get_open_damages()
        _logger.info("Archive %s verified: %s damages", self.id, len(now))
        if now - before or not now:
            chain.activity_unlink(["recurring_billing.mail_activity_archive"])
        if not now - before:
            return
        group = self.env.ref("recurring_billing.recurring_billing_group_manager")
        for manager in group.all_user_ids:
            if self.company_id in manager.company_ids:
                speaking = chain.with_context(
                    lang=manager.lang, mail_activity_quick_update=True
                )
                speaking.activity_schedule(
                    "recurring_billing.mail_activity_archive",
                    user_id=manager.id,
                    note=speaking._get_state_text(manager),
                )
