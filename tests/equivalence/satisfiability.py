"""The same question put to an independent solver: is there an x with a(x) != b(x)?"""

from __future__ import annotations

from typing import Any

import z3

from exactrev.network import Network


def differ_somewhere(a: Network, b: Network) -> bool:
    """Whether two networks are different functions, according to z3."""
    x = [z3.Real(f"x{i}") for i in range(a.n_in)]
    solver = z3.Solver()
    solver.add(z3.Or([p != q for p, q in zip(_outputs(a, x), _outputs(b, x), strict=True)]))
    answer = solver.check()
    assert answer in (z3.sat, z3.unsat)
    return bool(answer == z3.sat)


def _outputs(net: Network, x: list[Any]) -> list[Any]:
    for k, f in enumerate(net.layers):
        if k:
            x = [z3.If(z > 0, z, z3.RealVal(0)) for z in x]
        x = [
            z3.Sum([z3.Q(c.numerator, c.denominator) * a for c, a in zip(w, x, strict=True)])
            + z3.Q(b.numerator, b.denominator)
            for w, b in zip(f.W, f.b, strict=True)
        ]
    return x
