"""A few documents verified while a person waits: they, their files, and two links.

The chain as a whole is the scheduled verification's.
"""

from odoo import models

from ....engine.archive_verdicts import Place, runs, stretches_around, verify_stretch
from .billing_archive_verification import FILE_CODES, FILES


class BillingArchiveChain(models.Model):
    _inherit = "billing.archive.chain"

    def _verify_records(self, archives):
        """Verify documents, their proofs and files, and the links beside them.

        :return: the ``billing.archive.damage`` that are open there.
        """
        found = self.env["billing.archive.damage"]
        for chain in self:
            before = chain._get_open_damages()
            # Its proofs belong to a document; the verification reads all.
            own = archives.sudo().filtered(
                lambda archive, chain=chain: archive.company_id == chain.company_id
            )
            records = (own | own.proof_ids).filtered("sequence").sorted("sequence")
            numbers = records.mapped("sequence")
            places = {near for one in numbers for near in (one - 1, one, one + 1)}
            chain._verify_beside(numbers)
            chain._verify_files_of(records)
            chain._alert(before)
            found |= chain._get_open_damages().filtered(
                lambda note, records=records, places=places: (
                    note.archive_id in records
                    or (note.sequence in places and note.code not in FILE_CODES)
                )
            )
        return found

    def _verify_beside(self, numbers):
        """Compute records and their links to the one before and the one after."""
        head = Place(self.sequence, self.seal)
        last = max(self.sequence, self._get_last_number())
        for first, until in stretches_around(numbers, last):
            rows = self._read_numbers(first, until)
            damages = verify_stretch(
                rows, first=first, until=until, last=last, head=head
            )
            end = until if until >= last else until - 1
            self._note_damages(first, end, damages, files=False)

    def _read_numbers(self, first, until):
        # The verification reads all, also what its caller may not see.
        archives = self.env["billing.archive"].sudo()
        archives.invalidate_model()
        found = archives.search(
            [
                ("company_id", "=", self.company_id.id),
                ("sequence", ">=", first),
                ("sequence", "<=", until),
            ],
            order="sequence, id",
        )
        return list(found._as_stored())

    def _verify_files_of(self, records):
        """Read the files of records, and compare them with what was sealed."""
        for start in range(0, len(records), FILES):
            rows = list(records[start : start + FILES]._as_stored())
            damages = self._find_file_damages(rows)
            for first, last in runs(row.link.sequence for row in rows):
                self._note_damages(
                    first,
                    last,
                    [one for one in damages if first <= one.sequence <= last],
                    files=True,
                )
