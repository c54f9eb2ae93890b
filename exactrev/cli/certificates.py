"""``--certificates DIR``: what was decided, written down for a checker that trusts nobody.

Knows the folder and the names of the files. What is certified is the statements' business.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from exactrev.cli.progress import Watch
from exactrev.errors import BadInput

if TYPE_CHECKING:
    from exactrev.certificates import Certificate

__all__ = ["certificates_option", "check_folder", "write_certificates"]

certificates_option = click.option(
    "--certificates", "folder", metavar="DIR", help="Write certificates for exactrev check into this folder."
)


def check_folder(folder: str | None) -> None:
    """Refuse a folder that certificates cannot be written to, before any work is done. Raises `BadInput`.

    A folder that does not exist is made, if the one that it is in exists.
    """
    if folder is None:
        return
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise BadInput(folder, "", "something that is not a folder", "a folder for certificates")
    existing = folder if os.path.isdir(folder) else os.path.dirname(os.path.abspath(folder))
    if not os.path.isdir(existing):
        raise BadInput(folder, "", "a folder that does not exist", "a folder that can be written to")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise BadInput(folder, "", "a folder without permission to write", "a folder that can be written to")


def write_certificates(folder: str | None, certificates: Iterable[Certificate]) -> None:
    """Write each into a file named after its claim, and say how many there are. Nothing is done without a folder."""
    if folder is None:
        return
    os.makedirs(folder, exist_ok=True)
    names = set()
    with Watch("certificates") as watch:
        for certificate in certificates:
            certificate.save(os.path.join(folder, certificate.file_name))
            names.add(certificate.file_name)
            watch(len(names), len(names) + 1)
    click.echo(f"{len(names)} certificates in {folder}", err=True)
