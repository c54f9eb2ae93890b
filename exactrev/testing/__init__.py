"""Tools for testing what is built on exactrev: public Hypothesis strategies. Nothing in exactrev depends on them."""
