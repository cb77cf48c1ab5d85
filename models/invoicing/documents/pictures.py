"""A QR code as a picture that a page can hold."""

import base64
import io

import qrcode

#: Pixels of one module: sharp in print at 28 mm.
_BOX = 8
#: Modules of white around it; the standard asks for four.
_QUIET = 4


def qr_picture(payload):
    """A QR code at error correction M, as the source of an image.

    Bytes, not text: the reader is told nothing of their encoding, and takes UTF-8.

    :param str payload: what it says.
    :return: a data URI of a PNG.
    :rtype: str
    """
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=_BOX, border=_QUIET
    )
    code.add_data(payload.encode(), optimize=0)
    code.make(fit=True)
    stream = io.BytesIO()
    code.make_image().save(stream, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
