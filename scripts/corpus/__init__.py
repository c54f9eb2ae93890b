"""The cases of tests/corpus, by what they attack."""
