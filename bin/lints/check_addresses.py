"""No file names a package registry or a place on somebody's machine.

The registry a machine uses is that machine's affair: asked of apt, pip and npm, never
written down. A path that exists on one machine only breaks on all others.
"""

import getpass
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from tree import CHECKOUT, find_files, finish, show

# The well-known registries, in halves: this file must not name them either.
KNOWN = [
    ("deb", ".debian.org"),
    ("security", ".debian.org"),
    ("snapshot", ".debian.org"),
    ("ftp", ".debian.org"),
    ("py", "pi.org"),
    ("pypi", ".python.org"),
    ("files.python", "hosted.org"),
    ("registry.npm", "js.org"),
    ("registry.yarn", "pkg.com"),
    ("proxy.go", "lang.org"),
]
# Ordinary hosts that a configuration may name and a file may, too.
HARMLESS = {"", "localhost", "127.0.0.1"}


def ask(*command):
    """Return what a command prints, or nothing where there is no such command."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False
        ).stdout
    except FileNotFoundError:
        return ""


def get_registry_hosts():
    """Return the hosts of the well-known registries and of those this machine uses."""
    configured = [
        ask("apt-get", "indextargets", "--format", "$(REPO_URI)"),
        ask("pip", "config", "list"),
        ask("npm", "config", "get", "registry"),
    ]
    urls = re.findall(r"https?://[^\s'\",]+", " ".join(configured))
    hosts = {urlsplit(url).hostname or "" for url in urls}
    return (hosts | {first + second for first, second in KNOWN}) - HARMLESS


def get_machine_paths():
    """Return the paths that only this machine has: the checkout, and people's homes."""
    homes = {str(Path.home()), f"/home/{getpass.getuser()}"} - {"/"}
    places = {str(CHECKOUT), *homes}
    # Where a workplace mounts its checkouts says nothing to anybody else.
    top = CHECKOUT.parts[1] if len(CHECKOUT.parts) > 2 else ""
    if top not in {"", "home", "root", "usr", "var", "opt", "srv", "tmp", "mnt"}:
        places.add(f"/{top}/")
    return {place for place in places if len(place) > 4}


def find_addresses():
    """Yield one line per place that names a registry or a machine's path."""
    hosts = sorted(get_registry_hosts())
    bounded = [rf"(?<![\w.-]){re.escape(host)}(?![\w-])" for host in hosts]
    paths = [rf"(?<![\w.~-]){re.escape(path)}" for path in sorted(get_machine_paths())]
    pattern = re.compile("|".join([*bounded, *paths]))
    for path in find_files():
        if os.stat(path).st_size > 5_000_000:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{show(path)}:{line}: names {match[0]}"


finish(list(find_addresses()))
