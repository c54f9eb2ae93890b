"""Exact numbers, linear algebra, lattices and linear programs. Knows nothing of networks."""
