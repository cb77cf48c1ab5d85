"""Style sheets, fonts and pictures of printed documents, read from disk.

wkhtmltopdf fetches them from ``report.url`` otherwise. Where no server answers, as
often under a scheduled action, it prints a bare page and reports success; and a server
with one worker, busy with the report, cannot answer at all.
"""

import os
import re
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tools.misc import file_path

from .billing_rendering_styles import get_names, prune

#: A bundle made by Odoo, /web/assets/<version>/<name>, as a link to a style sheet.
STYLES = re.compile(r'<link\b[^>]*\bhref="(/web/assets/[^"?]+\.css)"[^>]*>')
#: The same as a script.
SCRIPT = re.compile(r'(?<=")/web/assets/[^"?]+\.js(?=")')
#: A file of an add-on, in an attribute or in url().
STATIC = re.compile(r"""(?<=["'(;])/(\w+/static/[^"'()<>?#&\s]+)([?#][^"'()<>&\s]*)?""")


class LocalFiles:
    """Replaces addresses of the server by files of this machine.

    :param env: reads the bundles.
    :param Path folder: where their copies go; lives as long as the rendering.
    """

    def __init__(self, env, folder):
        self._env = env
        self._folder = folder
        self._bundles = {}
        self._styles = {}
        self._statics = {}
        #: Folders wkhtmltopdf must be allowed to read.
        self.allowed = {str(folder)}

    def localise(self, html):
        """The same HTML, reading from disk whatever belongs to this Odoo.

        :raises UserError: when a style sheet is missing: a document without it must
            not be printed.
        """
        names = get_names(html)
        html = STYLES.sub(lambda found: self._get_style(found[1], names), html)
        html = SCRIPT.sub(lambda found: self._get_script(found[0]), html)
        return STATIC.sub(self._get_static, html)

    def _get_style(self, url, names):
        """A style element for a page. Within the page, since wkhtmltopdf prints later
        pages without header when it must wait for the header's style sheet.
        """
        if (url, names) not in self._styles:
            if url not in self._bundles:
                content = self._read_bundle(url)
                self._bundles[url] = STATIC.sub(self._get_static, content)
            self._styles[url, names] = prune(self._bundles[url], names)
        return f"<style>{self._styles[url, names]}</style>"

    def _get_script(self, url):
        if url not in self._bundles:
            copy = self._folder / f"{len(self._bundles)}.js"
            copy.write_text(self._read_bundle(url), encoding="utf-8")
            self._bundles[url] = copy.as_uri()
        return self._bundles[url]

    def _read_bundle(self, url):
        # Bundles are public, and made when they are first asked for.
        attachment = (
            self._env["ir.attachment"]
            .sudo()
            .search([("url", "=", url), ("public", "=", True)], limit=1)
        )
        content = attachment.raw or self._make_bundle(url.rsplit("/", 1)[1])
        if not content:
            raise UserError(
                self._env._(
                    "The style sheet %(name)s could not be read, and a document is not"
                    " printed without it. Regenerate the assets bundles in developer"
                    " mode, then retry.",
                    name=url.rsplit("/", 1)[1],
                )
            )
        return content.decode()

    def _make_bundle(self, name):
        bundle, rtl, kind, autoprefix = self._env["ir.asset"]._parse_bundle_name(
            name, debug_assets=False
        )
        assets = self._env["ir.qweb"]._get_asset_bundle(
            bundle, css=kind == "css", js=kind == "js", rtl=rtl, autoprefix=autoprefix
        )
        made = assets.css() if kind == "css" else assets.js()
        # Styles and scripts of pages are public.
        return made and made.sudo().raw

    def _get_static(self, found):
        path = os.path.normpath(found[1])
        if path not in self._statics:
            self._statics[path] = self._find_static(path)
        # What no add-on has is left to the server, as before.
        return self._statics[path] or found[0]

    def _find_static(self, path):
        if not re.match(r"\w+/static/", path):
            return None
        try:
            # Links are followed: the permission is for the real folder.
            real = Path(file_path(path)).resolve()
        except FileNotFoundError:
            return None
        self.allowed.add(str(real.parent))
        return real.as_uri()
