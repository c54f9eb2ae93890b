"""Tools for testing what is built on exactrev: public Hypothesis strategies, degeneracies by name, fuzz campaigns.

Nothing in exactrev but the command line depends on them. What needs Hypothesis (the extra `testing`) is loaded on use.
"""
