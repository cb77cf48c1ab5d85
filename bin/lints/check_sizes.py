"""No file and no function is longer than a reader can hold."""

import ast

from tree import find_files, finish, show

# The first folder that fits gives the ceiling, in lines.
FILE_CEILINGS = [
    ("tests/", (".py",), 500),
    ("engine/", (".py",), 300),
    ("wizards/", (".py",), 200),
    ("models/", (".py",), 500),
    ("controllers/", (".py",), 500),
    ("report/", (".py",), 500),
    ("bin/", (".py", ".sh", ""), 300),
    ("views/", (".xml",), 400),
    ("wizards/", (".xml",), 400),
    ("report/", (".xml",), 400),
    ("static/src/", (".js", ".xml", ".scss"), 250),
]
FUNCTION_CEILING = 50


def find_long_files():
    """Yield one line per file above its ceiling."""
    for path in find_files():
        name = show(path)
        for folder, suffixes, ceiling in FILE_CEILINGS:
            if name.startswith(folder) and path.suffix in suffixes:
                length = len(path.read_text(encoding="utf-8").splitlines())
                if length > ceiling:
                    yield f"{name}: {length} lines, at most {ceiling}"
                break


def find_long_functions():
    """Yield one line per function above the ceiling; a test may tell a long story."""
    for path in find_files(".py"):
        if show(path).startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_CEILING:
                    yield (
                        f"{show(path)}:{node.lineno}: {node.name} has {length} lines,"
                        f" at most {FUNCTION_CEILING}"
                    )


finish([*find_long_files(), *find_long_functions()])
