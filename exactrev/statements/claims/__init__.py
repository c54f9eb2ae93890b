"""One module for each claim of the paper, or for a close family: what it says, and how it is decided for a network."""
