"""Checks certificates and trusts nobody: standard library only, nothing of the rest of exactrev, no floats.

Knows the format and why each kind of evidence proves its claim. Must not know how a certificate was found. The format
and the arguments are in docs/certificates.md.
"""
