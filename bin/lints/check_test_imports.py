"""Names the test files that Odoo would pass over in silence.

Odoo runs the modules that are attributes of the package `tests`, and nothing else: a
file not imported in tests/__init__.py never runs, and of two with one name one does.
"""

import ast
import collections

from tree import CHECKOUT, finish, show

TESTS = CHECKOUT / "tests"


def read_imports():
    """Return the (stage or its room, module) pairs that tests/__init__.py imports."""
    path = TESTS / "__init__.py"
    if not path.exists():
        return set()
    return {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }


def find_passed_over():
    """Yield one line per test file that would not run."""
    # Those of the engine are pytest's.
    files = [
        path
        for path in sorted([*TESTS.glob("*/test_*.py"), *TESTS.glob("*/*/test_*.py")])
        if path.parent.name != "engine"
    ]
    yield from (
        f"{show(path)}: tests directly in tests/ belong to a stage's folder"
        for path in sorted(TESTS.glob("test_*.py"))
    )
    imports = read_imports()
    stems = collections.Counter(path.stem for path in files)
    for path in files:
        stage = ".".join(path.parent.relative_to(TESTS).parts)
        stem = path.stem
        if (stage, stem) not in imports:
            yield f"{show(path)}: tests/__init__.py lacks: from .{stage} import {stem}"
        if stems[stem] > 1:
            yield f"{show(path)}: another stage has a {stem}.py, one hides the other"
        if not (path.parent / "__init__.py").exists():
            yield f"{show(path)}: its folder has no __init__.py"
    if (TESTS / "engine" / "__init__.py").exists():
        yield "tests/engine/__init__.py: with it pytest imports the module, hence Odoo"


finish(list(find_passed_over()))
