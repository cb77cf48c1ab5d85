"""How a document's rendering is taken apart at wkhtmltopdf, and put together again."""

from odoo.exceptions import UserError

from .billing_rendering_press import Jam, Sheet, press, press_all

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
        self.sheet = None
        self.result = None


class Tape:
    """Lets core's path from a record to its PDF run twice, wkhtmltopdf in between.

    *Recording*, core's own code stops with :class:`Waiting` where wkhtmltopdf would
    start. Once the waiting documents were printed, side by side, the same code *plays*:
    it is given the HTML it made and the PDF made of it, and goes on to the end. What
    other add-ons do before, around and after these steps thus happens as ever.

    :param billing.rendering service: knows the binary and says what is wrong with it.
    :param LocalFiles files: what the documents read.
    :param int processes: how many documents are printed at once.
    :param float seconds: how long one may take.
    """

    def __init__(self, service, files, processes, seconds):
        self._service = service
        self._files = files
        self._processes = processes
        self._seconds = seconds
        self._is_filling = False
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
        if not self._is_playing:
            return None
        result, self._track.result = self._track.result, None
        if isinstance(result, Jam):
            raise UserError(self._service._explain_jam(result))
        return result

    def hand_over(self, arguments, bodies, header, footer):
        """Keep a document for the press.

        :raises Waiting: always while recording. Playing, a second report of the same
            document is printed at once.
        """
        localise = self._files.localise
        sheet = Sheet(
            arguments=tuple(arguments),
            bodies=tuple(localise(str(body)) for body in bodies),
            header=localise(str(header or "")),
            footer=localise(str(footer or "")),
        )
        if not self._is_playing:
            self._track.sheet = sheet
            raise Waiting
        try:
            return press(self._binary, self._allow(sheet), self._seconds)
        except Jam as jam:
            raise UserError(self._service._explain_jam(jam)) from jam

    def press(self):
        """Print the documents that wait.

        :return: their ids.
        """
        waiting = {
            document: self._allow(track.sheet)
            for document, track in self._tracks.items()
            if track.sheet
        }
        results = press_all(self._binary, waiting, self._processes, self._seconds)
        self._is_playing = True
        for document, result in results.items():
            self._tracks[document].sheet = None
            self._tracks[document].result = result
        return list(waiting)

    def forget(self):
        """Let go of the documents seen so far. Until the next is recorded, a report
        that some hook wants is printed at once.
        """
        self._tracks = {}
        self._track = _Track()
        self._is_playing = True

    @property
    def _binary(self):
        return self._service._get_binary().bin

    def _allow(self, sheet):
        allowed = [
            argument
            for folder in sorted(self._files.allowed)
            for argument in ("--allow", folder)
        ]
        return Sheet(
            (*sheet.arguments, *allowed), sheet.bodies, sheet.header, sheet.footer
        )
