"""What the tests of certificates share: a certificate counts once the checker has accepted it."""

from __future__ import annotations

import io

from exactrev.certificates import Certificate
from exactrev.checker.kinds import check

__all__ = ["verified"]


def verified(certificate: object) -> Certificate:
    """The certificate, once the checker has accepted exactly its claim."""
    assert isinstance(certificate, Certificate)
    assert check(io.BytesIO(certificate.to_bytes()), certificate.claim).text == certificate.claim
    return certificate
