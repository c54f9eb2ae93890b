"""The rows of the audit, by the part of the paper that they are about."""
