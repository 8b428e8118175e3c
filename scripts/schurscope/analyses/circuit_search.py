"""The fewest couplings that keep what a network does: a greedy search by a Gauss-Newton model.

Taking the units S out of the network where it stands changes its outputs by about -sum_S J_k (sensitivity.py), so that
their distance from the intact ones, r, becomes |r - sum_S J_k|^2; units that come back have the other sign. The unit
that raises it least goes first. The model is made anew at the network reached, from some of the scored outputs; close
to the limit it is made anew after ever fewer units, down to one. What counts are rollouts on all trials.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from schurscope import metrics
from schurscope.analyses.coordinates import Coordinates
from schurscope.analyses.sensitivity import directions, linear
from schurscope.cells import Weights
from schurscope.cells.rollout import rollout, steps_of
from schurscope.foundations.defaults import MOST_COUPLINGS
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks.trials import Trials

STEP = 0.15  # of the units that are left, between two models
ROWS = 4096  # scored outputs that a model is made of, about
FINER = 4  # a step that goes too far is cut to this part; after one that does not, the next may be twice as long
AMONG, OVER = 5, 128  # a model looks for k units among the AMONG k + OVER that alone change the discrepancy least,
WIDEST = 8192  # or so many at most
BACK = 48  # units that may come back
MORE = 4  # units at most that go for one that comes back
TRIED = 4  # exchanges that fail before the search for them ends
ACCURATE = 0.99  # of the intact accuracy: what an accurate circuit keeps
NONE = np.array([], dtype=int)


@dataclass(frozen=True)
class State:
    """Where a search stands."""

    kept: np.ndarray  # (unit,) bool
    order: np.ndarray  # (unit,) int: rank of removal, -1 for what is there
    residual: np.ndarray  # (trial, time, output): outputs minus the intact ones, 0 where nothing is scored
    discrepancy: float
    lost: float  # what is limited: the discrepancy, or what Search.lost says


@dataclass(frozen=True)
class Model:
    """The discrepancy where units of ``which`` (k,) change sides, go or come back: quadratic in the set.

    ``start``: before. ``J`` (k, row) float32: what each gives to scored outputs when it changes sides, ``residual``
    (row,): how far they are from the intact ones; both over the square root of the intact outputs' variance.
    """

    which: np.ndarray
    start: float
    J: np.ndarray
    residual: np.ndarray

    @cached_property
    def change(self) -> np.ndarray:
        """By how much each unit alone changes the discrepancy, (k,)."""
        return np.einsum("ij,ij->i", self.J, self.J) + 2 * (self.J @ self.residual).astype(np.float64)

    def cheapest(self, count: int, first: int = 0, after: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(units, discrepancy after each): the one that raises it least, again and again, ``count`` of them, of those
        from the place ``first`` in ``which`` on. ``after``: the place of a unit that changes sides before.
        """
        cost, discrepancy = self.change[first:], self.start
        if after is not None:
            discrepancy += self.change[after]
            cost = cost + 2 * (self.J[first:] @ self.J[after])
        some = np.argsort(cost, kind="stable")[: min(AMONG * count + OVER, WIDEST)]
        cost, J = cost[some], self.J[first + some]
        gram = J @ J.T
        order, found = [], []
        for _ in range(min(count, len(some))):
            k = int(np.argmin(cost))
            discrepancy += cost[k]
            order.append(k)
            found.append(discrepancy)
            cost += 2 * gram[k]
            cost[k] = np.inf
        return self.which[first + some[np.array(order, dtype=int)]], np.array(found)


class Search:
    """A network with fewer units of ``coordinates``, on some trials: what is left of its outputs, and what may go.

    ``lost``: what a search limits, of outputs (trial, time, output) and the intact ones; None: the discrepancy.
    ``tell``: is called with each state whose model was made. ``metric``: a registered one, which says what outputs are
    compared by (Metric.said); None: the outputs themselves.
    """

    def __init__(
        self,
        weights: Weights,
        coordinates: Coordinates,
        trials: Trials,
        lost: Callable[[np.ndarray, np.ndarray], float] | None = None,
        tell: Callable[[State], None] = lambda state: None,
        metric: str | None = None,
    ):
        self.weights, self.coordinates, self.trials, self.lost, self.tell = weights, coordinates, trials, lost, tell
        self.steps, self.metric = steps_of(trials.inputs), None if metric is None else metrics.make_metric(metric)
        self.intact = self.outputs(weights)
        self.whole = metrics.variance(self.intact, trials.mask)

    def outputs(self, weights: Weights) -> np.ndarray:
        """What the outputs of a network say on the trials, (trial, time, output)."""
        outputs = rollout(weights, self.steps, self.trials.h0)
        return outputs if self.metric is None else self.metric.said(outputs)

    def at(self, kept: np.ndarray, order: np.ndarray) -> State:
        """The state with these units."""
        with np.errstate(over="ignore", invalid="ignore"):  # a network that blows up keeps no function
            outputs = self.outputs(self.coordinates.reduced(self.weights, kept))
            residual = np.where(self.trials.mask, outputs - self.intact, 0.0)
            discrepancy = float(np.vdot(residual, residual) / self.whole)
            lost = discrepancy if self.lost is None else self.lost(outputs, self.intact)
            return State(kept, order, residual, discrepancy, lost)

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

    def descend(self, state: State, limit: float) -> State:
        """Units go, the cheapest first, until one more would lift what is lost above ``limit``."""
        count = len(state.kept)
        while state.kept.any():
            model = self.model(state, np.flatnonzero(state.kept))
            count = min(count, max(1, round(STEP * len(model.which))))
            order, _ = model.cheapest(count)
            while not (further := self.changed(state, order)).lost <= limit and len(order) > 1:
                order = order[: len(order) // FINER or 1]
            if not further.lost <= limit:
                break
            state, count = further, 2 * len(order)
        return state

    def exchange(self, state: State, limit: float) -> State:
        """One unit comes back and more than one goes, while that can be had."""
        while (better := self._exchanged(state, limit)) is not None:
            state = better
        return state

    def _exchanged(self, state: State, limit: float) -> State | None:
        gone, kept, within = np.flatnonzero(~state.kept), np.flatnonzero(state.kept), _discrepancy(state, limit)
        model = self.model(state, np.concatenate([gone, kept]))
        back = np.argsort(model.change[: len(gone)], kind="stable")[:BACK]
        plans = [(gone[place], *model.cheapest(MORE, len(gone), after=place)) for place in back]
        plans = sorted((plan for plan in plans if len(plan[1]) > 1), key=lambda plan: plan[2][1])
        better, failed = None, 0
        for unit, order, found in plans:
            go = order[: max(2, int(np.sum(found <= within)))]
            if not state.kept[go].all():  # an exchange before took some of them
                continue
            if (other := self.changed(state, go, [unit])).lost <= limit:
                state = better = other
            elif (failed := failed + 1) == TRIED:
                break
        return better

    def come_back(self, state: State, limit: float) -> State:
        """A state of another search here: units come back, the most useful first, while it is above ``limit``."""
        state = self.at(state.kept, state.order)
        while not state.lost <= limit:
            model = self.model(state, np.flatnonzero(~state.kept))
            order, found = model.cheapest(BACK)
            enough = np.flatnonzero(found <= _discrepancy(state, limit))
            state = self.changed(state, back=order[: enough[0] + 1 if len(enough) else 1])
        return state

    def model(self, state: State, which: np.ndarray) -> Model:
        """The model for units of ``which`` at a state, from about ROWS of the scored outputs."""
        self.tell(state)
        reduced, some = self.coordinates.reduced(self.weights, state.kept), list(self._some())
        rows = sum(int(trials.mask.sum()) for _, trials in some)
        J, residual, end = np.empty((len(which), rows), dtype=np.float32), np.empty(rows), 0
        path, chances = linear(reduced, self.trials), self.chances(state)
        for numbers, trials in some:
            own = None if chances is None else chances[numbers]
            for (trial, *place), part in directions(reduced, trials, self.coordinates, which, path.at(numbers), own):
                rows_of = slice(end, end := end + len(part))
                J[:, rows_of], residual[rows_of] = part.T, state.residual[numbers[trial], *place]
        scale = np.sqrt(self.whole * rows / self.trials.mask.sum())
        J *= (np.where(state.kept[which], -1, 1) / scale).astype(np.float32)[:, None]
        return Model(which, state.discrepancy, J, (residual / scale).astype(np.float32))

    def chances(self, state: State) -> np.ndarray | None:
        """Softmax of a state's outputs (trial, time, output) where they are classes; None for others."""
        of_classes = self.metric is not None and self.metric.of_classes
        return np.exp(self.intact + state.residual) if of_classes else None

    def _some(self) -> Iterator[tuple[np.ndarray, Trials]]:
        """Every so-manyth of the scored outputs, each trial's own: (numbers of trials, those trials with a mask of
        these), for trials of which the same are taken.
        """
        mask = self.trials.mask
        every = -(-int(mask.sum()) // ROWS) | 1  # odd: no channel is left out where their number is even
        place = np.arange(mask[0].size).reshape(mask[0].shape) % every
        for turn in range(min(every, len(mask))):
            numbers = np.arange(turn, len(mask), every)
            trials = self.trials.at(numbers)
            yield numbers, replace(trials, mask=trials.mask & (place == turn))


def _discrepancy(state: State, limit: float) -> float:
    """The discrepancy at which what is lost would reach the limit, if it grew with it."""
    return state.discrepancy * limit / state.lost if state.lost > 0 else np.inf


@dataclass(frozen=True)
class Circuit:
    """What was found for one limit; ``held_out``: looked at once, when nothing was chosen any more.

    ``intact``: the intact network's outputs there.
    """

    selected: State
    guarded: State
    held_out: State
    intact: np.ndarray


def memory(units: int) -> float:
    """Gigabytes that a model of so many units takes."""
    return 1.2e-9 * 4 * (ROWS * units + min(units, WIDEST) ** 2)


def varies(weights: Weights, trials: Trials, metric: str) -> bool:
    """Whether what a network's outputs say varies over what is scored: else no discrepancy is defined."""
    outputs = metrics.make_metric(metric).said(rollout(weights, trials.inputs, trials.h0))
    return metrics.variance(outputs, trials.mask) > 0


def circuits(
    weights: Weights,
    coordinates: Coordinates,
    sets: tuple[Trials, Trials, Trials],
    epsilons: Iterable[float],
    tell: Callable[[State], None] = lambda state: None,
    metric: str | None = None,
) -> Iterator[Circuit]:
    """For each epsilon, ascending, the fewest units found that keep the discrepancy at or below it: one descent.

    ``sets``: *selection* chooses; on *guard* units come back until it is at or below epsilon there; then *held-out*.
    The outputs must vary on each of them (``varies``). ``tell``: is called with the state before each step; ``metric``:
    as Search has it. Raises SchurscopeError where there are too many units.
    """
    if coordinates.units > MOST_COUPLINGS:
        raise SchurscopeError(
            f"there are {coordinates.units} couplings to choose from, which would take"
            f" {memory(coordinates.units):.2g} GB of memory; at most {MOST_COUPLINGS} are chosen from: with the unit"
            " 'block', whole couplings between blocks are fewer"
        )
    searches = [Search(weights, coordinates, trials, None, tell, metric) for trials in sets]
    state = searches[0].start()
    for epsilon in epsilons:
        found = _circuit(searches, state, epsilon)
        state = found.selected
        yield found


def accurate_circuit(
    weights: Weights,
    coordinates: Coordinates,
    sets: tuple[Trials, Trials, Trials],
    metric: str,
    found: Iterable[Circuit],
    tell: Callable[[State], None] = lambda state: None,
) -> Circuit:
    """The fewest units found that keep ACCURATE of the intact network's score, for a metric of which more is better.

    ``found``: circuits of the same network, from the smallest epsilon on: it begins at the last that is accurate.
    """
    searches = []
    for trials in sets:
        score = metrics.make_metric(metric).measure(trials.targets, trials.mask)
        lost = lambda outputs, intact, score=score: 1 - score(outputs)[metric] / score(intact)[metric]  # noqa: E731
        searches.append(Search(weights, coordinates, trials, lost, tell, metric))
    limit, state = 1 - ACCURATE, searches[0].start()
    for circuit in found:
        if (other := searches[0].at(circuit.selected.kept, circuit.selected.order)).lost <= limit:
            state = other
    return _circuit(searches, state, limit)


def _circuit(searches: list[Search], state: State, limit: float) -> Circuit:
    chosen, guarded, last = searches
    state = chosen.exchange(chosen.descend(state, limit), limit)
    safe = guarded.come_back(state, limit)
    return Circuit(state, safe, last.at(safe.kept, safe.order), last.intact)
