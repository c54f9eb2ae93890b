"""The command line: reads arguments, calls the library, prints what it answers, and ends with an exit code.

Knows how a question is spelt and how an answer is printed. Decides nothing itself. Importing it loads nothing heavy:
every command imports what it needs when it runs, so that ``exactrev --help`` is immediate.

| exit code | meaning |
|---|---|
| 0 | the statements hold; the functions are equal; the work is complete |
| 1 | a statement fails, with its witness; functions differ; a recovery is not proved complete; evidence fails |
| 2 | the command line is wrong |
| 3 | undecided: the budget or the memory is used up |
| 4 | a file or a value cannot be used: one line says which, where, and what was expected |
| 10, 20, 30 | a certificate was rejected, is none, or is over a limit (`check` only) |
| 70 | exactrev itself is wrong: something happened that is proved impossible, or was not foreseen |
| 130 | interrupted by Ctrl-C |
"""

from __future__ import annotations

import click

from exactrev import __version__
from exactrev.cli.application import Application
from exactrev.cli.audit import audit
from exactrev.cli.boundaries import boundaries
from exactrev.cli.check import check
from exactrev.cli.compare import compare
from exactrev.cli.counterexample import counterexample
from exactrev.cli.files import convert, examples, plot
from exactrev.cli.fuzz import fuzz
from exactrev.cli.identify import identify
from exactrev.cli.prove import prove
from exactrev.cli.recover import recover
from exactrev.cli.regions import regions
from exactrev.cli.survey import survey
from exactrev.cli.verify import verify

__all__ = ["main"]


@click.group(
    cls=Application,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="NET is a file (.json, .npz, .onnx, .nnet, .safetensors, .h5, .keras, .pt) or the name of a bundled "
    "example. Exit codes: 0 holds or complete, 1 fails, 2 usage, 3 undecided, 4 bad input, 10 certificate rejected, "
    "20 none, 30 too large, 70 a fault of exactrev, 130 interrupted.",
)
@click.version_option(__version__, message="exactrev %(version)s")
def main() -> None:
    """Decide in exact rational arithmetic what is true about a ReLU network."""


ASKING = (verify, regions, boundaries, compare, identify, counterexample, recover, prove, audit, fuzz, survey, check)
for command in (*ASKING, plot, examples, convert):
    main.add_command(command)
