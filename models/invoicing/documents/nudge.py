"""A page that the PDF engine fell over, a hair lower on the paper.

wkhtmltopdf (0.12.6, patched Qt) dies of a document whose text ends within a point of
the foot of a page: it counts one page more than it prints. One in some hundred
documents of several pages is such; a millimetre lower it is printed.
"""

#: How its death of a broken pointer is told, in every language.
FELL = "-11"
#: Millimetres by which the text is moved down for a second try.
_NUDGE = 1.5


def nudged(body):
    """The same page of HTML, moved down.

    :param str body: a whole page, with its head.
    """
    style = f"<style>div.page {{ padding-top: {_NUDGE}mm; }}</style></head>"
    return body.replace("</head>", style, 1)
