"""How a document's rendering is taken apart at wkhtmltopdf, and put together again."""

from odoo.exceptions import UserError

from .billing_rendering_press import Jam, Sheet, press

#: Key of the context. Its value must be a Tape, which no remote call can send.
CONTEXT_KEY = "billing_rendering_tape"


def get_tape(env):
    """The tape of a rendering under way, or None."""
    tape = env.context.get(CONTEXT_KEY)
    return tape if isinstance(tape, Tape) else None


class Waiting(Exception):
    """The document is ready for wkhtmltopdf; the rest is done when its PDF is there."""


class _Track:
    """What is known of one document."""

    def __init__(self):
        self.html = []
        self.pdf = None


class Tape:
    """Lets core's path from a record to its PDF run twice, wkhtmltopdf in between.

    *Recording*, core's own code stops with :class:`Waiting` where wkhtmltopdf would
    wait; it is started aside, while the next document is recorded. Then the same code
    *plays*: it is given the HTML it made and the PDF made of it, and goes on to the
    end. What other add-ons do before, around and after these steps happens as ever.

    :param billing.rendering service: knows the binary and says what is wrong with it.
    :param LocalFiles files: what the documents read.
    :param Executor pool: its threads start wkhtmltopdf, and know nothing of records.
    :param float seconds: how long one document may take.
    """

    def __init__(self, service, files, pool, seconds):
        self._service = service
        self._files = files
        self._pool = pool
        self._seconds = seconds
        self._reports = {}
        self._is_filling = False
        self._tracks = {}
        self.forget()

    def turn_to(self, document, *, play=False):
        """Record, or play, what core does for a document from here on.

        :param int document: id.
        """
        self._track = self._tracks.setdefault(document, _Track())
        self._is_playing = play

    def check_binary(self):
        """Refuse to begin without a wkhtmltopdf that prints lawful documents.

        :raises UserError: saying what to install.
        """
        self._service._check_binary()

    def fill(self, make):
        """The HTML of the document's next report: made once, then recalled.

        :param make: makes it.
        """
        if self._is_filling:
            return make()
        if self._is_playing and self._track.html:
            return self._track.html.pop(0)
        self._is_filling = True
        try:
            html = make()
        finally:
            self._is_filling = False
        if not self._is_playing:
            self._track.html.append(html)
        return html

    def recall_pdf(self):
        """The PDF made meanwhile; None while recording, and for further reports.

        :raises UserError: when wkhtmltopdf made none.
        """
        pdf, self._track.pdf = self._track.pdf, None
        return self._wait(pdf) if pdf else None

    def hand_over(self, arguments, bodies, header, footer):
        """Have a document printed.

        :raises Waiting: always while recording. Playing, a second report of the same
            document is waited for.
        """
        localise = self._files.localise
        bodies = tuple(localise(str(body)) for body in bodies)
        header, footer = localise(str(header or "")), localise(str(footer or ""))
        allowed = [
            argument
            for folder in sorted(self._files.allowed)
            for argument in ("--allow", folder)
        ]
        sheet = Sheet((*arguments, *allowed), bodies, header, footer)
        binary = self._service._get_binary().bin
        pdf = self._pool.submit(press, binary, sheet, self._seconds)
        if self._is_playing:
            return self._wait(pdf)
        self._track.pdf = pdf
        raise Waiting

    def is_waiting(self, document):
        """Whether a document was handed over and not yet taken back."""
        return bool(self._tracks[document].pdf)

    def recall_report(self, reference, find):
        """A report by its name: searched once.

        :param find: searches it.
        :return: its id.
        """
        if reference not in self._reports:
            self._reports[reference] = find().id
        return self._reports[reference]

    def _wait(self, pdf):
        try:
            return pdf.result()
        except Jam as jam:
            raise UserError(self._service._explain_jam(jam)) from jam

    def forget(self):
        """Let go of the documents seen so far. Until the next is recorded, a report
        that some hook wants is printed at once.
        """
        for track in self._tracks.values():
            if track.pdf:
                track.pdf.cancel()
        self._tracks = {}
        self._track = _Track()
        self._is_playing = True
