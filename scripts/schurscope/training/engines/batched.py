"""Many networks of one shape at once in torch, as batched products: for a GPU, which one small network leaves idle.

Arrays have a first axis (network). A network whose loss ceases to be finite stops alone, and those that are solved are
taken out. On a GPU an update is captured as a CUDA graph and replayed, and so is the drawing of several updates'
trials, so that the CPU has next to nothing to do. Checked against engines/autograd.py, on the CPU if there is no GPU.
"""

from dataclasses import fields, replace

import numpy as np
import torch

from schurscope.cells import TANH, Weights
from schurscope.metrics import make_metric
from schurscope.tasks import DrawnTask
from schurscope.training.engines.cuda_graph import WARM_UP, Replayed
from schurscope.training.engines.gpu_memory import networks_at_once, updates_at_once
from schurscope.training.engines.torch_streams import TorchStreams
from schurscope.training.recipe import Recipe, of_groups

__all__ = ["Group", "networks_at_once"]
SCORED_BYTES = 2**30  # what scoring some networks at once may take


class Group:
    """Networks of one task, width and construction; ``starts``: each one's start."""

    def __init__(self, task, starts, seeds, batch: int, recipe: Recipe, dtype="float32", device="cpu"):
        self.task, self.batch, self.recipe, self.device = task, batch, recipe, torch.device(device)
        self.seeds = list(seeds)
        self.dtype = getattr(torch, np.dtype(dtype).name)
        torch.backends.cuda.matmul.allow_tf32 = False  # torch's default, which an environment variable can turn round
        self.update = torch.zeros((), dtype=torch.int64, device=self.device)
        self.like, self.cell = starts[0], starts[0].cell
        self.construction = self._stacked([start.construction for start in starts])
        every = [start.parameters() for start in starts]
        first = {name: self._tensor(np.stack([one[name] for one in every])) for name in every[0]}
        self.shapes = {name: value.shape[1:] for name, value in first.items()}
        self.values = torch.cat([value.flatten(1) for value in first.values()], dim=1)
        self.mean, self.square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.own = {what: self._tensor(of_each) for what, of_each in of_groups(recipe, self.shapes).items()}
        self.horizons = torch.zeros(len(starts), dtype=torch.int64, device=self.device)
        self.going = torch.ones(len(starts), dtype=torch.bool, device=self.device)
        self.warm_up = WARM_UP  # calls as they are before the first capture; one before each later one
        self.draw, self.step, self.longest = None, None, None

    def run(self, first: int, count: int, horizons: list) -> list[np.ndarray]:
        """Updates ``first`` to ``first + count - 1``: each network's losses, up to the first that is not finite."""
        longest = None if horizons[0] is None else max(horizons)
        if longest is not None:
            self.horizons.copy_(torch.tensor(horizons))
        losses = []
        try:
            if self.draw is None or longest != self.longest:
                self._begin(longest)
            self.update.fill_(first)
            for update in range(first, first + count):
                if update // self.at_once != self.drawn:
                    self.drawn = update // self.at_once
                    self.draw()
                self.step()
                losses.append(self.loss.clone())
        except torch.OutOfMemoryError:
            raise MemoryError(f"{len(self.values)} networks at once do not fit; lower seeds_per_job") from None
        table = torch.stack(losses, dim=1).cpu().numpy()
        lengths = np.where(np.isfinite(table).all(axis=1), count, np.argmin(np.isfinite(table), axis=1) + 1)
        return [row[:length] for row, length in zip(table, lengths, strict=True)]

    def weights(self) -> list[Weights]:
        arrays = {name: array.cpu().numpy() for name, array in self._parameters().items()}
        every = ({name: array[place] for name, array in arrays.items()} for place in range(len(self.values)))
        return [self.like.weights(one["W_hh"], one, np.copy) for one in every]

    def _parameters(self) -> dict:
        """Name -> array of all networks: what training changes, and W_hh."""
        parameters = _views(self.values, self.shapes)
        return parameters | {"W_hh": self.construction.matrix(parameters)}

    def scores(self, trials) -> list[float]:
        """The task's metric of each network, in float64: Task.score for all of them."""
        inputs = torch.tensor(trials.inputs, device=self.device)
        parameters = self._parameters()
        width = parameters["W_hh"].shape[-1]
        some = max(1, SCORED_BYTES // (8 * 4 * (trials.targets.size + len(inputs) * width)))
        values, metric = [], make_metric(self.task.metric)
        for first in range(0, len(self.values), some):
            p = {name: array[first : first + some].double() for name, array in parameters.items()}
            h = inputs.new_zeros(len(p["W_hh"]), len(inputs), width)
            outputs = inputs.new_empty(len(h), *trials.targets.shape)
            for t, x in enumerate(inputs.unbind(1)):
                h = self.cell.activate(p, torch.baddbmm(_with(x @ p["W_xh"].mT, p, "b_h"), h, p["W_hh"].mT))
                outputs[:, :, t] = _with(h @ p["W_hy"].mT, p, "b_y")
            values.append(metric.stacked(outputs, trials.targets, trials.mask))
        return torch.cat(values).tolist()

    def keep(self, indices: list[int]) -> None:
        """Go on with these networks only."""
        kept = torch.tensor(indices, device=self.device)
        for name in ("values", "mean", "square", "horizons", "going"):
            setattr(self, name, getattr(self, name)[kept])
        self.seeds = [self.seeds[index] for index in indices]
        self.construction = _mapped(lambda array: array[kept], self.construction)
        self._end()

    def _begin(self, longest) -> None:
        """What depends on the number of networks and on the shape of trials, but not on how far training is."""
        self._end()
        self.longest, self.drawn, self.trials = longest, None, None
        self.at_once = updates_at_once(self.task.trials(0, 0, self.batch, longest), len(self.values), self.device.type)
        self.updates = torch.arange(self.at_once, device=self.device)
        self.gradient = torch.zeros_like(self.values)
        self.loss = torch.zeros(len(self.values), dtype=torch.float64, device=self.device)
        cuda = self.device.type == "cuda"
        if isinstance(self.task, DrawnTask):
            keys = np.array([self.task.training_stream(seed).key for seed in self.seeds], dtype=np.uint64)
            self.source = TorchStreams(keys, self.updates)
            self.draw = Replayed(self._draw, cuda, self.warm_up)
        else:
            self.draw = Replayed(self._read, False)
        self.step = Replayed(self._step, cuda and self.construction.in_graph, self.warm_up)
        self.warm_up = 1

    def _end(self) -> None:
        """Give the graphs back: shapes are about to change."""
        for work in (self.draw, self.step):
            if work is not None:
                work.end()
        self.draw = self.step = None

    def _draw(self) -> None:
        """Fill ``trials``, each (update, network, time * batch, channel): ``at_once`` updates, the next among them."""
        self.updates += self.update - self.update % self.at_once - self.updates[0]
        drawn = self.task.draw(self.source, self.batch, self.longest)
        self._keep([drawn.inputs, drawn.targets, drawn.mask])

    def _read(self) -> None:
        """The same for a task whose trials come from files: read by the CPU."""
        updates = range(self.drawn * self.at_once, (self.drawn + 1) * self.at_once)
        every = [[self.task.trials(seed, update, self.batch) for seed in self.seeds] for update in updates]
        arrays = (
            np.array([[getattr(one, name) for one in row] for row in every]) for name in ("inputs", "targets", "mask")
        )
        self._keep([torch.from_numpy(array).to(self.device) for array in arrays])

    def _keep(self, drawn) -> None:
        parts = [array.transpose(2, 3).flatten(2, 3) for array in drawn]
        if self.trials is None:
            kinds = self.dtype, self.dtype, torch.bool
            self.trials = [torch.empty_like(part, dtype=kind) for part, kind in zip(parts, kinds, strict=True)]
        for kept, part in zip(self.trials, parts, strict=True):
            kept.copy_(part)

    def _step(self) -> None:
        """One update of every network. Nothing here may wait for a value: a graph has no CPU to decide."""
        self._backpropagate()
        clip, gradient, own = self.recipe.clip, self.gradient, self.own
        if "penalty" in own:
            gradient += 2 * own["penalty"] * (self.values - own["towards"])
        if clip is not None:
            norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True, dtype=torch.float64)
            gradient *= torch.clamp(clip / (norm + 1e-6), max=1.0)
        if "weight_decay" in own:
            gradient += own["weight_decay"] * self.values
        self.update += 1
        change = STEPS[self.recipe.optimiser.TORCH](self, self.recipe.optimiser)
        change = change * own["learning_rate"] if "learning_rate" in own else change
        self.values -= torch.where(self.going[:, None], change, 0.0)

    def _adam(self, rule):
        self.mean.lerp_(self.gradient, 1 - rule.beta1)
        self.square.mul_(rule.beta2).addcmul_(self.gradient, self.gradient, value=1 - rule.beta2)
        done = self.update.double()
        size = rule.learning_rate / (1 - rule.beta1**done)
        return size * self.mean / (self.square.sqrt() / (1 - rule.beta2**done).sqrt() + rule.epsilon)

    def _rmsprop(self, rule):
        self.square.mul_(rule.alpha).addcmul_(self.gradient, self.gradient, value=1 - rule.alpha)
        return rule.learning_rate * self.gradient / (self.square.sqrt() + rule.epsilon)

    def _backpropagate(self) -> None:
        """Fill ``loss`` and ``gradient``; a network whose loss is not finite is not ``going`` any more."""
        parameters, gradients = self._parameters(), _views(self.gradient, self.shapes)
        W_hh, W_xh, W_hy = (parameters[name] for name in ("W_hh", "W_xh", "W_hy"))
        x, targets, mask = (part.index_select(0, self.update % self.at_once)[0] for part in self.trials)
        networks, batch, steps = len(x), self.batch, x.shape[1] // self.batch
        if self.longest is not None:
            ordinal = mask.unflatten(1, (steps, batch)).cumsum(1).flatten(1, 2)  # of a scored step in its trial
            mask = mask & (ordinal <= self.horizons[:, None, None])

        flat = _with(torch.bmm(x, W_xh.mT), parameters, "b_h")
        h = flat.view(networks, steps, batch, -1)
        z = None if self.like.cell_name == TANH else torch.empty_like(h)  # tanh's slope is had from h alone
        for t in range(steps):
            if t > 0:
                h[:, t].baddbmm_(h[:, t - 1], W_hh.mT)
            if z is None:
                h[:, t].tanh_()
            else:
                z[:, t] = h[:, t]
                h[:, t] = self.cell.activate(parameters, z[:, t])

        loss, error = self.recipe.loss.stacked(_with(torch.bmm(flat, W_hy.mT), parameters, "b_y"), targets, mask)
        self.loss.copy_(loss.to(self.dtype))  # what overflows there has diverged
        self.going &= self.loss.isfinite()

        flat_d = torch.bmm(error, W_hy)
        d = flat_d.view_as(h)  # dLoss/dh, then dLoss/d(the units' drive)
        for name in self.cell.own:
            gradients[name].zero_()
        for t in reversed(range(steps)):
            if t < steps - 1:
                d[:, t].baddbmm_(d[:, t + 1], W_hh)
            if z is None:
                torch.ops.aten.tanh_backward.grad_input(d[:, t], h[:, t], grad_input=d[:, t])
            else:
                for name, part in self.cell.own_gradients(parameters, z[:, t], h[:, t], d[:, t]).items():
                    gradients[name] += part
                d[:, t] *= self.cell.slope(parameters, z[:, t], h[:, t])

        gradients["W_xh"].copy_(torch.bmm(flat_d.mT, x))
        gradients["W_hy"].copy_(torch.bmm(error.mT, flat))
        for name in self.like.biases:
            gradients[name].copy_((flat_d if name == "b_h" else error).sum(1))
        recurrent = torch.bmm(d[:, 1:].flatten(1, 2).mT, h[:, :-1].flatten(1, 2))
        for name, value in self.construction.pullback(parameters, recurrent).items():
            gradients[name].copy_(value)

    def _tensor(self, array):
        return torch.tensor(array, dtype=self.dtype, device=self.device)

    def _stacked(self, constructions):
        """One construction that holds the arrays of all, side by side."""
        parts = {}
        for name in (field.name for field in fields(constructions[0])):
            values = [getattr(construction, name) for construction in constructions]
            if isinstance(values[0], dict):
                parts[name] = {key: self._tensor(np.stack([value[key] for value in values])) for key in values[0]}
            else:
                parts[name] = self._tensor(np.stack(values))
        return replace(constructions[0], **parts)


def _with(values, parameters, bias):
    """``values`` (network, row, channel) with a bias (network, channel), where there is one."""
    return values + parameters[bias][:, None] if bias in parameters else values


STEPS = {"Adam": Group._adam, "RMSprop": Group._rmsprop}  # what is taken from the parameters, before groups' rates


def _views(flat, shapes):
    """Name -> view of shape (network, ...) into ``flat`` (network, parameter)."""
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    parts = flat.split(sizes, dim=1)
    return {name: part.unflatten(1, shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def _mapped(function, construction):
    """A construction with ``function`` of each of its arrays."""
    parts = {field.name: getattr(construction, field.name) for field in fields(construction)}
    return replace(
        construction,
        **{
            name: {key: function(value) for key, value in part.items()} if isinstance(part, dict) else function(part)
            for name, part in parts.items()
        },
    )
