"""The fewest couplings that keep what a network does: a greedy search by a Gauss-Newton model.

Taking the units S out of the network where it stands changes its outputs by about -sum_S J_k (sensitivity.py), so that
their distance from the intact ones, r, becomes |r - sum_S J_k|^2; units that come back have the other sign. The unit
that raises it least goes first. The model is made anew at the network reached; close to the limit it is made anew after
ever fewer units, down to one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.blas import ssyrk

from schurscope import metrics
from schurscope.analyses.coordinates import Coordinates
from schurscope.analyses.sensitivity import directions
from schurscope.cells import Weights
from schurscope.cells.rollout import rollout, steps_of
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks.trials import Trials

STEP = 0.15  # of the units that are left, between two models
FAR = 0.25  # of epsilon: below that, a quarter of the trials is enough to choose from
FINER = 4  # a step that goes too far is cut to this part
BACK = 48  # units that may come back, among which the model chooses
MORE = 4  # units at most that go for one that comes back
NONE = np.array([], dtype=int)
MOST = 11_000  # units: the model takes 12 bytes for each pair, 1.5 GB for so many
TRIED = 4  # exchanges that fail before the search for them ends


@dataclass(frozen=True)
class State:
    """Where a search stands."""

    kept: np.ndarray  # (unit,) bool
    order: np.ndarray  # (unit,) int: rank of removal, -1 for what is there
    residual: np.ndarray  # (trial, time, output): outputs minus the intact ones, 0 where nothing is scored
    discrepancy: float


@dataclass(frozen=True)
class Model:
    """The discrepancy where units of ``which`` (k,) change sides, go or come back: quadratic in the set.

    ``start``: before; ``gram`` (k, k) and ``slope`` (k,): J'J and J'r over the variance of the intact outputs, J with
    the sign of the change.
    """

    which: np.ndarray
    start: float
    gram: np.ndarray
    slope: np.ndarray

    @cached_property
    def change(self) -> np.ndarray:
        """By how much each unit alone changes the discrepancy, (k,)."""
        return self.gram.diagonal() + 2 * self.slope.astype(np.float64)

    def cheapest(self, among: np.ndarray, count: int, after: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(places in ``which``, discrepancy after each): of ``among`` (k,) bool, the one that raises it least, again
        and again, ``count`` of them. ``after``: the place of a unit that changes sides before.
        """
        cost, discrepancy = np.where(among, self.change, np.inf), self.start
        if after is not None:
            discrepancy += self.change[after]
            cost += 2 * self.gram[after]
        order, found = [], []
        for _ in range(min(count, int(among.sum()))):
            k = int(np.argmin(cost))
            discrepancy += cost[k]
            order.append(k)
            found.append(discrepancy)
            cost += 2 * self.gram[k]
            cost[k] = np.inf
        return np.array(order, dtype=int), np.array(found)


class Search:
    """A network with fewer units of ``coordinates``, on some trials: what is left of its outputs, and what may go."""

    def __init__(self, weights: Weights, coordinates: Coordinates, trials: Trials):
        self.weights, self.coordinates, self.trials = weights, coordinates, trials
        self.steps = steps_of(trials.inputs)
        self.intact = rollout(weights, self.steps, trials.h0)
        self.whole = metrics.variance(self.intact, trials.mask)

    def at(self, kept: np.ndarray, order: np.ndarray) -> State:
        """The state with these units."""
        with np.errstate(over="ignore", invalid="ignore"):  # a network that blows up keeps no function
            outputs = rollout(self.coordinates.reduced(self.weights, kept), self.steps, self.trials.h0)
            residual = np.where(self.trials.mask, outputs - self.intact, 0.0)
            return State(kept, order, residual, float(np.vdot(residual, residual) / self.whole))

    def start(self) -> State:
        """Everything is there."""
        units = self.coordinates.units
        return self.at(np.ones(units, dtype=bool), np.full(units, -1))

    def changed(self, state: State, go=NONE, back=NONE) -> State:
        """``back`` come back, then ``go`` go, in that order."""
        kept, order = state.kept.copy(), state.order.copy()
        kept[back], order[back] = True, -1
        kept[go], order[go] = False, order.max(initial=-1) + 1 + np.arange(len(go))
        return self.at(kept, order)

    def descend(self, state: State, epsilon: float) -> State:
        """Units go, the cheapest first, until one more would lift the discrepancy above ``epsilon``."""
        count = len(state.kept)
        while state.kept.any():
            far = state.discrepancy < FAR * epsilon
            model = self.model(state, np.flatnonzero(state.kept), len(state.residual) // 4 if far else None)
            count = min(count, max(1, round(STEP * len(model.which))))
            order = model.which[model.cheapest(np.ones(len(model.which), dtype=bool), count)[0]]
            while not (further := self.changed(state, order)).discrepancy <= epsilon and len(order) > 1:
                order = order[: len(order) // FINER or 1]
            if not further.discrepancy <= epsilon:
                break
            state, count = further, len(order)
        return state

    def exchange(self, state: State, epsilon: float) -> State:
        """One unit comes back and more than one goes, while that can be had."""
        while (better := self._exchanged(state, epsilon)) is not None:
            state = better
        return state

    def _exchanged(self, state: State, epsilon: float) -> State | None:
        back = self.useful(state)
        if not len(back):
            return None
        model = self.model(state, np.concatenate([back, np.flatnonzero(state.kept)]))
        there = np.arange(len(model.which)) >= len(back)
        plans = [(place, *model.cheapest(there, MORE, after=place)) for place in range(len(back))]
        plans = sorted((plan for plan in plans if len(plan[1]) > 1), key=lambda plan: plan[2][1])
        better, failed = None, 0
        for place, order, found in plans:
            unit, go = model.which[[place]], model.which[order[: max(2, int(np.sum(found <= epsilon)))]]
            if not state.kept[go].all():  # an exchange before took some of them
                continue
            if (other := self.changed(state, go, unit)).discrepancy <= epsilon:
                state = better = other
            elif (failed := failed + 1) == TRIED:
                break
        return better

    def come_back(self, state: State, epsilon: float) -> State:
        """A state of another search here: units come back, the most useful first, while it is above ``epsilon``."""
        state = self.at(state.kept, state.order)
        while not state.discrepancy <= epsilon:
            model = self.model(state, self.useful(state))
            order, found = model.cheapest(np.ones(len(model.which), dtype=bool), len(model.which))
            enough = np.flatnonzero(found <= epsilon)
            state = self.changed(state, back=model.which[order[: enough[0] + 1 if len(enough) else 1]])
        return state

    def useful(self, state: State) -> np.ndarray:
        """The units that are gone and would lower the discrepancy most if they came back alone, the best first."""
        gone = np.flatnonzero(~state.kept)
        change = np.zeros(len(gone))
        for places, J in self._directions(state, gone):
            change += 2 * (state.residual[places].astype(np.float32) @ J) + np.einsum("ij,ij->j", J, J)
        return gone[np.argsort(change, kind="stable")[:BACK]]

    def model(self, state: State, which: np.ndarray, trials: int | None = None) -> Model:
        """The model for units of ``which`` at a state, on the first ``trials``, or all."""
        gram, slope = np.zeros((len(which), len(which)), dtype=np.float32, order="F"), np.zeros(len(which))
        for places, J in self._directions(state, which, trials):
            gram = ssyrk(1.0, J.T, beta=1.0, c=gram, overwrite_c=True)  # the upper triangle
            slope += state.residual[places].astype(np.float32) @ J
        sign = np.where(state.kept[which], -1, 1).astype(np.float32)
        gram = sign[:, None] * (np.triu(gram) + np.triu(gram, 1).T) * sign
        whole = self.whole * (1 if trials is None else trials / len(state.residual))
        gram /= whole
        return Model(which, state.discrepancy, gram, sign * slope / whole)

    def _directions(self, state, which, trials=None):
        reduced = self.coordinates.reduced(self.weights, state.kept)
        return directions(reduced, self.trials.part(0, trials), self.coordinates, which)


@dataclass(frozen=True)
class Circuit:
    """What was found for one epsilon; ``held_out``: looked at once, when nothing was chosen any more.

    ``intact``: the intact network's outputs there.
    """

    selected: State
    guarded: State
    held_out: State
    intact: np.ndarray


def varies(weights: Weights, trials: Trials) -> bool:
    """Whether a network's outputs vary over what is scored: else no discrepancy is defined."""
    return metrics.variance(rollout(weights, trials.inputs, trials.h0), trials.mask) > 0


def circuits(
    weights: Weights,
    coordinates: Coordinates,
    selection: Trials,
    guard: Trials,
    held_out: Trials,
    epsilons: Iterable[float],
) -> Iterator[Circuit]:
    """For each epsilon, ascending, the fewest units found that keep the discrepancy at or below it: one descent.

    ``selection`` chooses; on ``guard`` units come back until it is at or below epsilon there; then ``held_out``.
    The outputs must vary on each of them (``varies``). Raises SchurscopeError where there are too many units.
    """
    if coordinates.units > MOST:
        raise SchurscopeError(
            f"there are {coordinates.units} couplings to choose from, which would take"
            f" {12e-9 * coordinates.units**2:.0f} GB of memory; at most {MOST} are chosen from: with the unit 'block',"
            " whole couplings between blocks are fewer"
        )
    chosen, guarded, last = (Search(weights, coordinates, part) for part in (selection, guard, held_out))
    state = chosen.start()
    for epsilon in epsilons:
        state = chosen.exchange(chosen.descend(state, epsilon), epsilon)
        safe = guarded.come_back(state, epsilon)
        yield Circuit(state, safe, last.at(safe.kept, safe.order), last.intact)
