"""The curves of Figures 3 and 4, and how queries grow (§5.1): layers 1 and 2 found from answers alone, exactly.

    python scripts/measure_layers.py [--seeds N] [--pictures FOLDER] [EXPERIMENT ...]

Experiments: first (layer 1 by width and depth), inputs (layer 1 by n_in), second (layer 2 by width), square (all widths
alike); all by default. A line a network, then a table in Markdown, and how the queries grow. With --pictures
(needs matplotlib) the curves of the first and the second are drawn to first_layer.svg and second_layer.svg.

Untrained networks are initialised as in §6, trained ones memorise 1000 labels as there; all are taken in float32,
exactly. Counts are the same in every run; only trained weights may depend on the machine. MNIST is not measured: it
would have to be downloaded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, pstdev

from exactrev.audit.experiments import Count, count_first_layer, count_whole_network, find_growth
from exactrev.audit.memorisation import memorise
from exactrev.network import Network, he_network

WIDTHS = (10, 20, 40, 80)
INPUTS = (5, 10, 20, 40)
SECOND = (5, 10, 15, 20)
SQUARE = (4, 6, 8, 12, 16)

Curve = dict[int, list[Count]]
Make = Callable[[Sequence[int], int], Network]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help=", ".join(EXPERIMENTS))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    for name in given.experiments or EXPERIMENTS:
        curves = EXPERIMENTS[name](range(1, given.seeds + 1))
        tell(curves)
        if given.pictures and name in PICTURES:
            draw(curves, *PICTURES[name], given.pictures / f"{name}_layer.svg")


# -- networks -----------------------------------------------------------------------------------------------------


def untrained(shape: Sequence[int], seed: int) -> Network:
    return he_network(shape, seed, "float32")


def memorising(shape: Sequence[int], seed: int) -> Network:
    found = memorise(shape[1:-1], seed)
    print(f"    {found.network.architecture} seed {seed}: {found.right} of {found.points} labels right", flush=True)
    return found.network


# -- experiments --------------------------------------------------------------------------------------------------


def first(seeds: Iterable[int]) -> dict[str, Curve]:
    """Figure 3: layer 1 by its width, all other layers of width 10."""
    curves = {}
    for what, make, n_out in (("untrained", untrained, 10), ("memorisation", memorising, 2)):
        for depth in (2, 3, 4):
            shapes = {width: (10, width, *[10] * (depth - 1), n_out) for width in WIDTHS}
            curves[f"{depth} hidden layers, {what}"] = measure(shapes, seeds, make, count_first_layer)
    return curves


def inputs(seeds: Iterable[int]) -> dict[str, Curve]:
    """Layer 1 by the number of inputs."""
    return {"layer 1 by n_in": measure({n: (n, 10, 10, 10) for n in INPUTS}, seeds, untrained, count_first_layer)}


def second(seeds: Iterable[int]) -> dict[str, Curve]:
    """Figure 4: layer 2 by its width, layer 1 of width 10."""
    return {
        what: measure({width: (10, 10, width, n_out) for width in SECOND}, seeds, make, count_whole_network)
        for what, make, n_out in (("untrained", untrained, 10), ("memorisation", memorising, 2))
    }


def square(seeds: Iterable[int]) -> dict[str, Curve]:
    """Two hidden layers, all widths alike: the number of parameters grows as the square."""
    shapes = {width: (width, width, width, 1) for width in SQUARE}
    return {"n-n-n-1": measure(shapes, seeds, untrained, count_whole_network)}


EXPERIMENTS: Mapping[str, Callable[[Iterable[int]], dict[str, Curve]]] = {
    "first": first,
    "inputs": inputs,
    "second": second,
    "square": square,
}


def measure(
    shapes: Mapping[int, Sequence[int]], seeds: Iterable[int], make: Make, count: Callable[[Network, int], Count]
) -> Curve:
    curve: Curve = {}
    for width, shape in shapes.items():
        for seed in seeds:
            net = make(shape, seed)
            start = time.process_time()
            found = count(net, seed)
            print(f"    {found}, {time.process_time() - start:.1f} s CPU", flush=True)
            curve.setdefault(width, []).append(found)
    return curve


# -- telling ------------------------------------------------------------------------------------------------------


def tell(curves: Mapping[str, Curve]) -> None:
    """The table: neurons that are exactly right and queries a parameter, and the growth of each curve."""
    print("\n| networks | architecture | neurons exactly right | wrong | queries a parameter |\n|---|---|---|---|---|")
    for name, curve in curves.items():
        for group in curve.values():
            each = [found.per_parameter for found in group]
            right, wrong = (sum(getattr(found, which) for found in group) for which in ("found", "wrong"))
            told = f"{right} of {sum(found.width for found in group)}"
            print(f"| {name} | {group[0].architecture} | {told} | {wrong} | {mean(each):.2f} ± {pstdev(each):.2f} |")
    print()
    for name, curve in curves.items():
        every = [found for group in curve.values() for found in group]
        by_parameters = find_growth(every, lambda count: count.parameters)
        by_paper = find_growth(every, lambda count: count.expected)
        print(f"{name}: queries ~ parameters^{by_parameters:.2f}, ~ (n_in (sum n_i) log n_1)^{by_paper:.2f}")
    print(flush=True)


PICTURES = {
    "first": ("width of layer 1", "queries per parameter of layer 1"),
    "second": ("width of layer 2", "queries per parameter of the network"),
}


def draw(curves: Mapping[str, Curve], across: str, up: str, path: Path) -> None:
    """Means over the seeds, with the standard deviation shaded, as in the paper."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "exactrev"  # the same file for the same counts
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4), layout="constrained")
    for place, (name, curve) in enumerate(curves.items()):
        means = [mean(found.per_parameter for found in group) for group in curve.values()]
        spread = [pstdev([found.per_parameter for found in group]) for group in curve.values()]
        low, high = ([m + sign * s for m, s in zip(means, spread, strict=True)] for sign in (-1, 1))
        style = "--" if "memorisation" in name else "-"
        axes.plot(list(curve), means, style, marker="o", color=f"C{place % 3}", label=name)
        axes.fill_between(list(curve), low, high, color=f"C{place % 3}", alpha=0.15, linewidth=0)
    axes.set(xlabel=across, ylabel=up, ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
