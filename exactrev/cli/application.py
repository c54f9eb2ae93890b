"""The group of commands, and how everything that can go wrong becomes one line and an exit code.

Knows the exceptions of exactrev. Does not know what the commands do.
"""

from __future__ import annotations

import os
import sys
import traceback
from enum import IntEnum
from typing import Any, NoReturn

import click

from exactrev import __version__
from exactrev.errors import BudgetSpent, ExactrevError, TheoryContradicted

__all__ = ["Application", "ExitCode"]


class ExitCode(IntEnum):
    """What the shell gets to see; see the package's table."""

    HOLDS = 0
    FAILS = 1
    USAGE = 2
    UNDECIDED = 3
    BAD_INPUT = 4
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class Application(click.Group):
    """A group that lets no traceback through, except where the program itself is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except TheoryContradicted as error:
            report(error)
            ctx.exit(ExitCode.INTERNAL)
        except BudgetSpent as error:
            stop(ExitCode.UNDECIDED, f"undecided: {error}")
        except ExactrevError as error:
            stop(ExitCode.BAD_INPUT, str(error))
        except MemoryError:
            stop(ExitCode.UNDECIDED, "undecided: the memory is used up")
        except KeyboardInterrupt:
            kept = "a file that was being written is as it was before, a transcript has what was asked until then"
            stop(ExitCode.INTERRUPTED, f"interrupted; {kept}")
        except BrokenPipeError:  # the reader of our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to flush at exit
            ctx.exit(ExitCode.BROKEN_PIPE)
        except OSError as error:
            stop(ExitCode.BAD_INPUT, f"{error.filename or 'the results'}: {error.strerror or error}")
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # a fault of ours, of whatever kind: say so, and exit with its own code
            report(error)
            ctx.exit(ExitCode.INTERNAL)


def stop(code: ExitCode, message: str) -> NoReturn:
    """End with one line on stderr."""
    click.echo(f"exactrev: {' '.join(message.split())}", err=True)
    raise click.exceptions.Exit(code)


def report(error: Exception) -> None:
    """The traceback, and what to do with it: this is a fault of exactrev, or a discovery."""
    traceback.print_exc()
    if isinstance(error, TheoryContradicted):
        first = "Something that is proved impossible has happened: exactrev is wrong, or the mathematics is."
    else:
        first = "exactrev met something that it was not prepared for: a fault of exactrev, not of the input."
    click.echo(
        f"\n{first}\nNo answer above may be relied upon. "
        f"Please report the lines above, the command and the network (exactrev {__version__}, "
        f"Python {sys.version.split()[0]}, {sys.platform}).",
        err=True,
    )
