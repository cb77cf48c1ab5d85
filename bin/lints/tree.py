"""What the checks of this folder share: the checkout's files, how to object."""

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# Not ours, or not written by hand.
LEFT_OUT = {".git", ".dev", "dist", "node_modules", "__pycache__"} | {
    f".{tool}" for tool in ("ruff_cache", "pytest_cache", "hypothesis")
}


def find_files(*suffixes, below="."):
    """Yield the files below a folder that have one of the suffixes (any if none)."""
    for folder, folders, names in os.walk(CHECKOUT / below):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith(".coverage") or not path.is_file():
                continue
            if not suffixes or path.suffix in suffixes:
                yield path


def show(path):
    """Return the path as a developer would type it."""
    return path.relative_to(CHECKOUT).as_posix()


def finish(objections):
    """Print the objections and end, with code 1 if there are any."""
    print("\n".join(objections))
    sys.exit(1 if objections else 0)
