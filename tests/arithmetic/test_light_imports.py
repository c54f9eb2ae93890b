"""Who only reads numbers or solves small programs does not wait for sympy, HiGHS or NumPy to be imported."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["numbers", "integer_matrices", "linear_programs", "lattices"])
def test_heavy_packages_are_imported_only_where_they_are_used(module):
    program = (
        f"import sys, exactrev.arithmetic.{module}\n"
        "from exactrev.arithmetic.linear_programs import maximise\n"
        "maximise([1, 1], [[1, 2], [2, 1]], [3, 3])\n"
        "print(*({'sympy', 'highspy', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
