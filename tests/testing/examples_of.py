"""How the tests of strategies look at what is drawn: many examples, or the smallest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import find as find_by_hypothesis
from hypothesis import strategies as st

T = TypeVar("T")


def find(strategy: st.SearchStrategy[T], condition: Callable[[T], bool] = lambda example: True) -> T:
    """The minimal example. Without the phase that varies, afterwards, what does not matter in it."""
    phases = [Phase.generate, Phase.shrink]
    return find_by_hypothesis(strategy, condition, settings=settings(phases=phases, derandomize=True, database=None))


def draw_many(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Many examples, none of them shrunk, with every health check on but the one that goes by the clock."""
    drawn: list[T] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def draw(example: T) -> None:
        drawn.append(example)

    draw()
    return drawn
