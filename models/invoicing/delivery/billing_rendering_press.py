"""wkhtmltopdf, one process a document, several at once. Knows nothing of records."""

import contextlib
import logging
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import lxml.html

from odoo.addons.base.models.ir_actions_report import _split_table

from ..documents.nudge import nudged

_logger = logging.getLogger(__name__)

#: From this size on, and in pieces of so many rows, core cuts a document's tables:
#: wkhtmltopdf's time grows with the square of a table's rows.
LONG_BODY = 4 * 1024 * 1024
TABLE_ROWS = 500


@dataclass(frozen=True)
class Sheet:
    """What wkhtmltopdf is given for one document.

    :param arguments: its options, without the files.
    :param bodies: HTML, one after the other.
    :param header: HTML of all headers; wkhtmltopdf takes the one of the page's body.
    :param footer: likewise.
    """

    arguments: tuple[str, ...]
    bodies: tuple[str, ...]
    header: str = ""
    footer: str = ""


class Jam(Exception):
    """wkhtmltopdf made no document of a sheet.

    :param str kind: ``hung``, ``crashed``, ``failed``, or ``empty`` without a PDF.
    :param str detail: seconds, or its code and last words.
    """

    def __init__(self, kind, detail=""):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


def press(binary, sheet, seconds):
    """Make the PDF of one sheet; once more, a hair lower on the paper, when wkhtmltopdf
    crashes over its last line.

    :param str binary: path of wkhtmltopdf.
    :param float seconds: how long it may take before it is killed.
    :rtype: bytes
    :raises Jam: when it made none.
    """
    try:
        try:
            return _press(binary, sheet, seconds)
        except Jam as jam:
            if jam.kind != "crashed":
                raise
            _logger.info("wkhtmltopdf fell (%s) and is started again", jam.detail)
            lower = tuple(nudged(body) for body in sheet.bodies)
            return _press(binary, replace(sheet, bodies=lower), seconds)
    except OSError as fault:
        raise Jam("failed", str(fault)) from fault


def _press(binary, sheet, seconds):
    with tempfile.TemporaryDirectory(prefix="report_press_") as name:
        folder = Path(name)
        # wkhtmltopdf hands the header its body's file name; a script of core's layout
        # finds the place of the body, and so of its header, behind the third dot.
        files = [
            folder / f"report.body.tmp.{place}.html"
            for place in range(len(sheet.bodies))
        ]
        for file, body in zip(files, sheet.bodies, strict=True):
            file.write_bytes(_cut_long_tables(body))
        options = []
        for option, content in (
            ("--header-html", sheet.header),
            ("--footer-html", sheet.footer),
        ):
            if content:
                file = folder / f"{option.strip('-')}.html"
                file.write_text(content, encoding="utf-8")
                options += [option, str(file)]
        output = folder / "report.pdf"
        command = [binary, *sheet.arguments, *options, *map(str, files), str(output)]
        _run(command, seconds)
        content = output.read_bytes() if output.exists() else b""
    if not content.startswith(b"%PDF"):
        raise Jam("empty")
    return content


def _run(command, seconds):
    # A session of its own: whatever it starts is killed with it.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _output, errors = process.communicate(timeout=seconds)
    except BaseException as fault:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(fault, subprocess.TimeoutExpired):
            raise Jam("hung", f"{seconds:g}") from fault
        raise
    words = errors.decode(errors="replace")[-1000:].strip()
    # 1 is what core lets pass, too: a picture that was not found, a warning.
    if process.returncode == 1:
        _logger.warning("wkhtmltopdf: %s", words)
    elif process.returncode:
        # A signal ended it.
        raise Jam(
            "crashed" if process.returncode < 0 else "failed",
            f"{process.returncode}, {words}" if words else str(process.returncode),
        )


def _cut_long_tables(body):
    if len(body) < LONG_BODY:
        return body.encode()
    tree = lxml.html.fromstring(body)
    _split_table(tree, TABLE_ROWS)
    return lxml.html.tostring(tree)
