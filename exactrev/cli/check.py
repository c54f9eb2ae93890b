"""``exactrev check``: certificates, looked at by a checker that trusts nobody.

Knows how to ask the checker, and that the networks meant are the user's. Decides nothing: the checker does, which uses
nothing else of exactrev and can be run without it.
"""

from __future__ import annotations

import click

from exactrev.cli.arguments import load_network, raw_option

__all__ = ["check"]


@click.command()
@click.argument("certificates", metavar="CERT...", nargs=-1, required=True)
@click.option("--claim", metavar="CLAIM", help="Accept a proof of this claim only.")
@click.option(
    "--network",
    "networks",
    multiple=True,
    metavar="NET",
    help="Accept claims about this network only; twice for claims about two networks, in their order.",
)
@raw_option
@click.pass_context
def check(
    ctx: click.Context, certificates: tuple[str, ...], claim: str | None, networks: tuple[str, ...], raw: bool
) -> None:
    """Check certificates, trusting nobody.

    A certificate that proves its claim gives one line, "s VERIFIED" and the digest of the claim; the claim itself, and
    what is wrong with any other certificate, is on stderr. Without --claim or --network, read the claim: a certificate
    proves what it says, of the network that is in it. The exit code is that of the worst certificate: 0 verified, 10
    rejected, 20 malformed, 30 over a limit.

    The same without anything but Python: python -I -S -B exactrev/checker CERT...
    """
    from exactrev.certificates import hash_of
    from exactrev.checker.__main__ import check_file, tell

    wanted = [hash_of(load_network(name, raw)) for name in networks]
    codes = []
    for name in certificates:
        stated = _claim_in(name) if wanted else None
        if stated is not None and _hashes(stated)[: len(wanted)] != wanted:
            codes.append(tell(name, "REJECTED", "the claim is about other networks", 10))
        else:
            codes.append(check_file(name, stated if claim is None else claim))
    ctx.exit(max(codes))


def _claim_in(name: str) -> str | None:
    """The claim that a file states, read without believing anything: the checker will be asked for exactly this one.

    None if there is none; the checker will say so.
    """
    from exactrev.checker.__main__ import open_file
    from exactrev.checker.refusals import Malformed

    try:
        with open_file(name) as file:
            lines = file.read(1 << 16).split(b"\n", 2)
    except (OSError, Malformed):
        return None
    return lines[1].decode("ascii", "replace").removeprefix("claim ") if len(lines) > 1 else None


def _hashes(claim: str) -> list[str]:
    return [word for word in claim.split(" ") if word.startswith("sha256:")]
