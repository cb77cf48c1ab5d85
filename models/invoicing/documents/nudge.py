"""A page that the PDF engine fell over, a little longer.

wkhtmltopdf (0.12.6, patched Qt) dies of a document whose text ends within a point of
the foot of a page: it counts one page more than it prints. One in some hundred
documents of several pages is such; three millimetres longer it is printed.
"""

#: How its death of a broken pointer is told, in every language.
FELL = "-11"
#: Millimetres put below the text for a second try: above it they would be lost where a
#: page ends before a row that is not cut.
_NUDGE = 3


def nudged(body):
    """The same page of HTML, longer at its end.

    :param str body: a whole page, with its head.
    """
    style = f"<style>div.page {{ padding-bottom: {_NUDGE}mm; }}</style></head>"
    # Core hands markup, which would escape what is put into it.
    return str.replace(body, "</head>", style, 1)
