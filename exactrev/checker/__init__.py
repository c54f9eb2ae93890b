"""Checks certificates and trusts nobody: standard library only, no floats. Arguments are in docs/certificates.md."""
