"""What every test may rely on: the helper packages of tests/ are importable, and Hypothesis is deterministic.

The default profile, `ci`, derandomises, so that a failure today is a failure tomorrow; HYPOTHESIS_PROFILE=explore looks
for new examples at random instead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent))
pytest.register_assert_rewrite("geometry.agreement")

# They hold no examples, and as modules they would all be called conftest.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", parent=settings.get_profile("ci"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
