"""How the engine's tests run: a fixed profile in CI, helpers beside the tests."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# The folder is no package (a root __init__.py would pull the ERP in): its helper
# modules are found here.
sys.path.insert(0, str(Path(__file__).parent))

_COMMON = {
    "deadline": None,
    "max_examples": 50,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("dev", **_COMMON)
settings.register_profile("ci", derandomize=True, database=None, **_COMMON)
# A long hunt by hand: HYPOTHESIS_PROFILE=hunt.
settings.register_profile("hunt", **{**_COMMON, "max_examples": 1500})
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)
