"""Claims about one network's regions and boundaries, and what proves each; the arguments are in docs/certificates.md.

Does not know the steps, which the kernel checks. Neurons are (k, i): layer k from 1, index i from 0.
"""

from itertools import islice
from math import gcd

# isort: skip_file
from exactrev.checker.kernel import (
    STRICT, WEAK, ZERO, Assumed, Form, Forms, Nested, Row, Tree, cut, forms_of, germ, hold, negative, neuron,
    preactivations, primitive, refute, signs_of, value, walk,
)  # fmt: skip
from exactrev.checker.parsing import Claim, Net, Numbers, Point, Reader, as_point
from exactrev.checker.refusals import expect, require


def regions_by_tree(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Strict tree, a point in every leaf. In a box numbers (p, q, r, s) for each input say p/q < x < r/s, assumed."""
    n, sides, found = nets[0].widths[0], list[Assumed](), [0, 0]
    for j in range(len(claim.numbers) // 4):
        p, q, r, s = claim.numbers[2 + 4 * j : 6 + 4 * j]
        expect(q > 0 and s > 0 and gcd(p, q) == 1 and gcd(r, s) == 1, "a side of the box is not in lowest terms", j)
        sides += [Assumed(STRICT, form=(*(c * (i == j) for i in range(n)), d)) for c, d in ((q, -p), (-s, r))]

    def leaf(tree: Tree, numbers: Numbers) -> None:
        hold(tree.all_rows(), as_point(numbers))
        found[0 in tree.signs] += 1

    walk(reader, nets, sides, STRICT, leaf, n + 1)
    require(tuple(found) == claim.numbers[:2], "other numbers of regions and thick cells", found, claim.numbers[:2])


def facets(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Cells (C signs, P inside), their facets (T neurons, P on each), and why no other neuron has one (F).

    A list closed under crossing facets is complete. Where linear regions are claimed, the map changes at each facet.
    """
    net, maps_differ = nets[0], claim.name == "lra-holds-facet"
    listed, needed = set[Numbers](), set[Numbers]()
    n, widths = net.widths[0], net.widths[1:-1]
    (count,) = reader.take("N", 1)
    require(count > 0, "no cell is listed", count)
    for _ in range(count):
        signs = reader.take("C", sum(widths))
        require(signs not in listed, "a cell is listed twice", signs)
        listed.add(signs)
        entries = iter(signs)
        nested = [list(islice(entries, width)) for width in widths]
        expect(set(signs) <= {-1, 0, 1}, "not a sign", signs)
        forms = forms_of(net, nested)
        rows = oriented(forms, nested)
        require([any(row) for row in rows] == [sign != 0 for sign in signs], "a 0 means that a form is zero", signs)
        present = [row for row in rows if any(row)]
        hold([(STRICT, row) for row in present], reader.point(n))
        letter, chosen = reader.step()
        expect(letter == "T", "the facets of a cell are due", letter)
        expect(set(chosen) <= set(range(len(rows))), "no such neuron", chosen)
        own = [rows[u] for u in chosen]
        require(all(map(any, own)), "a zero form has no facet", chosen)
        for row in own:
            q = reader.point(n)
            hold([(ZERO, row), *((STRICT, other) for other in present if other != row)], q)
            across = signs_of(germ(net, q, negative(row[:-1])))
            needed.add(tuple(sign for layer in across for sign in layer))
            if maps_differ and 0 not in signs:
                beyond = forms_of(net, across)[-1].rows
                require(beyond != forms[-1].rows, "the affine map does not change at a facet", q)
        for row in dict.fromkeys(present):
            if row not in own:
                system: list[Row] = [*((WEAK, facet) for facet in own), (STRICT, negative(row))]
                apart(reader, system, n)
    require(needed <= listed, "a neighbour is not listed", sorted(needed - listed)[:1])
    thick = sum(0 in signs for signs in listed)
    found = (count - thick, thick)
    require(maps_differ or found == claim.numbers, "other numbers of cells than claimed", found, claim.numbers)


def oriented(forms: list[Forms], signs: Nested) -> list[Numbers]:
    """The primitive forms of all hidden neurons, positive where these are their signs."""
    pairs = [(f, s) for layer, own in zip(forms[:-1], signs, strict=True) for f, s in zip(layer.rows, own, strict=True)]
    return [primitive(form if sign > 0 else negative(form)) for form, sign in pairs]


def lra_fails(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P q, V v: v leads from q to a region, -v (touching: V w) to another cell with the same affine map."""
    net, n = nets[0], nets[0].widths[0]
    touching = claim.name == "lra-fails-touching"
    q, v = reader.point(n), reader.take("V", n)
    w = reader.take("V", n) if touching else negative(v)
    one, other = (signs_of(germ(net, q, direction)) for direction in (v, w))
    forms = forms_of(net, one)
    require(all(map(all, one)), "the cell ahead is thick", one)
    require(forms[-1].rows == forms_of(net, other)[-1].rows, "the affine maps differ", q)
    if touching:
        require(one != other, "the two cells are one", one)
        return
    rows = oriented(forms, one)
    require(len({row for row in rows if value(row, q) == 0}) == 1, "not exactly one hyperplane passes through q", q)


def lra_holds_by_tree(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Strict tree; then for leaves of equal maps, one a region, F: their closures are disjoint, so no facet either."""
    groups: dict[tuple[Form, ...], list[tuple[bool, list[Row]]]] = {}

    def leaf(tree: Tree, numbers: Numbers) -> None:
        group = groups.setdefault(tuple(map(tuple, tree.forms[-1].rows)), [])
        group.append((0 in tree.signs, [(WEAK, form) for _, form in tree.rows if any(form)]))

    walk(reader, nets, [], STRICT, leaf)
    for group in groups.values():
        for b, (thick, rows) in enumerate(group):
            for other_thick, other_rows in group[:b]:
                if not (thick and other_thick):
                    apart(reader, other_rows + rows, nets[0].widths[0])


def apart(reader: Reader, rows: list[Row], n: int) -> None:
    """F: no point satisfies all rows."""
    letter, numbers = reader.step()
    expect(letter == "F", "a refutation is due", letter)
    refute(rows.__getitem__, len(rows), numbers, n)


def two_neurons(claim: Claim, net: Net) -> tuple[tuple[int, int], tuple[int, int]]:
    one, other = neuron(net, *claim.numbers[:2]), neuron(net, *claim.numbers[2:4])
    expect(one < other, "the neurons are not in order", claim.numbers)
    return one, other


def disjoint(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Weak tree, closed everywhere under z = 0 and z' = 0 (or z = 0 alone: B_z is empty)."""
    net = nets[0]
    neurons = two_neurons(claim, net) if claim.name == "disjoint" else (neuron(net, *claim.numbers),)
    walk(reader, [cut(net, neurons[-1][0] + 1)], [Assumed(ZERO, *z) for z in neurons], WEAK)


def meet(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P: both preactivations are zero there."""
    on_boundary(reader, nets[0], *two_neurons(claim, nets[0]))


def on_boundary(reader: Reader, net: Net, *neurons: tuple[int, int]) -> Point:
    point = reader.point(net.widths[0])
    found = preactivations(net, point)
    for k, i in neurons:
        require(found[k][i] == 0, "a preactivation is not zero at the point", k + 1, i)
    return point


def bounded(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P on B_z, R r; for each input, then each of +, -: a weak tree, closed everywhere under z = 0 and +-x_j >= r."""
    net = nets[0]
    z = neuron(net, *claim.numbers)
    on_boundary(reader, net, z)
    (r,) = reader.take("R", 1)
    for j in range(net.widths[0]):
        for sign in (1, -1):
            far = (*(sign * (i == j) for i in range(net.widths[0])), -r)
            walk(reader, [cut(net, z[0] + 1)], [Assumed(ZERO, *z), Assumed(WEAK, form=far)], WEAK)


def unbounded(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P q, V v: z is zero at q + t v for all large t."""
    net = nets[0]
    k, i = neuron(net, *claim.numbers)
    q, v = reader.point(net.widths[0]), reader.take("V", net.widths[0])
    require(any(v), "a direction is zero", v)
    require(germ(net, q, v, far=True)[k][i] == (0, 0), "the boundary does not go to infinity there", q, v)


def disconnected(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """H form, P, P: the hyperplane form = 0 misses B_z (weak tree), which has a point on either side."""
    net = nets[0]
    z = neuron(net, *claim.numbers)
    form = reader.take("H", net.widths[0] + 1)
    one, other = on_boundary(reader, net, z), on_boundary(reader, net, z)
    require(value(form, one) < 0 < value(form, other), "the points are not on the two sides", form, one, other)
    walk(reader, [cut(net, z[0] + 1)], [Assumed(ZERO, *z), Assumed(ZERO, form=form)], WEAK)


def components(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Weak tree; B_z is the union of its leaves, convex, each with a point P. J a b p joins leaves at a common point,
    until there are as many classes as claimed; F for each pair of leaves of different classes: they are disjoint."""
    net = nets[0]
    z = neuron(net, *claim.numbers[:2])
    pieces: list[list[Row]] = []

    def leaf(tree: Tree, numbers: Numbers) -> None:
        pieces.append(tree.all_rows())
        hold(pieces[-1], as_point(numbers))

    walk(reader, [cut(net, z[0] + 1)], [Assumed(ZERO, *z)], WEAK, leaf, net.widths[0] + 1)
    classes = list(range(len(pieces)))
    for _ in range(len(pieces) - claim.numbers[2]):
        a, b, *point = reader.take("J", net.widths[0] + 3)
        require(a in range(b) and b in range(len(pieces)), "no such leaves, or not in order", a, b)
        hold(pieces[a] + pieces[b], as_point(tuple(point)))
        classes = [classes[a] if c == classes[b] else c for c in classes]
    require(len(set(classes)) == claim.numbers[2], "another number of classes", len(set(classes)), claim.numbers[2])
    for b in range(len(pieces)):
        for a in range(b):
            if classes[a] != classes[b]:
                apart(reader, pieces[a] + pieces[b], net.widths[0])


def bend(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P q; V v, V w: of the neurons below z's layer only z' vanishes at q; z is zero along v (z' > 0), w (z' < 0)."""
    net = nets[0]
    (e, j), (k, i) = two_neurons(claim, net)
    expect(e < k, "a boundary bends at those of earlier layers", claim.numbers)
    n = net.widths[0]
    q = reader.point(n) if claim.name == "bend" else as_point(claim.numbers[4:])
    for layer, row in enumerate(preactivations(net, q)[:k]):
        for index, found in enumerate(row):
            require(found != 0 or (layer, index) == (e, j), "another neuron vanishes at the point", layer + 1, index)
    forms = []
    for sign in (1, -1):
        layers = germ(net, q, reader.take("V", n))
        signs = signs_of(layers)
        require(layers[k][i] == (0, 0), "the direction does not stay on the boundary", layers[k][i])
        require(signs[e][j] == sign, "the direction leads to the wrong side", signs[e][j], sign)
        forms.append(primitive(forms_of(net, signs)[k].rows[i]))
        require(any(forms[-1]), "the boundary has interior there", q)
    straight = forms[0] in (forms[1], negative(forms[1]))
    require(straight == (claim.name == "no-bend"), "the boundary bends, or does not, contrary to the claim", forms)
