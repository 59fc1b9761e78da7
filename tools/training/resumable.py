"""A training in seeded steps with checkpoints: a resumed run equals an uninterrupted one."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from foundation.atomic_write import write_atomically
from tools.training.interruption import deferred_interrupts

WARM_UP = 100
AVERAGED_SHARE, AVERAGED_STEPS = 0.1, 200  # the weights are averaged over the last tenth of the steps, at most 200
CHECKPOINT_EVERY = 200


class CheckpointError(ValueError):
    """A checkpoint of another run; the message names the file and what differs."""


class ResumableTraining:
    """Variables, their averages, Adam and the step; `run` continues where the checkpoint stopped.

    A subclass defines `advance`, which takes one step and returns its cost. Where it draws random numbers it seeds
    them by (plan.seed, self.step), and where it keeps arrays from step to step it lists them in `arrays`.
    """

    label = "training"

    def __init__(self, plan, checkpoint, variables, learning_rate, trained=None):
        """plan: a dataclass of all options, with `steps` and `seed`. checkpoint: its file, which may exist.

        variables: the network's; trained: those of them that the optimizer changes, by default all. learning_rate: the
        highest, after a warm-up, of a cosine that ends at a hundredth of it.
        """
        self.plan, self.checkpoint, self.step = plan, Path(checkpoint), 0
        self.variables, self.trained = variables, variables if trained is None else trained
        self.averages = [tf.Variable(variable) for variable in variables]
        self.optimizer = tf.keras.optimizers.Adam(
            tf.keras.optimizers.schedules.CosineDecay(
                0.0, max(plan.steps, 1), alpha=0.01, warmup_target=learning_rate, warmup_steps=WARM_UP
            )
        )
        self.optimizer.build(self.trained)

    def advance(self):
        """Take one step and return its cost."""
        raise NotImplementedError

    def run(self, at_checkpoint=None, checkpoint_every=None):
        """Train to the plan's last step, with a checkpoint at regular steps and when interrupted; return the weights.

        at_checkpoint(training, cost): called after each checkpoint, with the mean of the costs since the last.
        checkpoint_every: in steps; CHECKPOINT_EVERY if it is not given.
        """
        every, costs = checkpoint_every or CHECKPOINT_EVERY, []
        bar = tqdm(total=self.plan.steps, initial=self.step, desc=self.label, unit="step", smoothing=0.02)
        try:
            with deferred_interrupts() as raise_if_interrupted:
                while self.step < self.plan.steps:
                    costs.append(float(self.advance()))
                    self.step += 1
                    bar.update()
                    if self.step % 20 == 0:
                        bar.set_postfix(cost=f"{np.mean(costs[-20:]):.3f}")
                    raise_if_interrupted()
                    if self.step % every == 0:
                        self.save()
                        if at_checkpoint:
                            at_checkpoint(self, np.mean(costs))
                        costs.clear()
        finally:
            bar.close()
            self.save()
        return self.weights()

    def apply(self, gradients):
        """Change the variables by their gradients, and the averages after them."""
        self.optimizer.apply(gradients, self.trained)
        self._average()

    def _average(self):
        steps = tf.cast(self.optimizer.iterations, tf.float32) * AVERAGED_SHARE
        share = 1 / tf.clip_by_value(steps, 1.0, AVERAGED_STEPS)
        for average, variable in zip(self.averages, self.variables, strict=True):
            average.assign_add(share * (variable - average))

    def weights(self):
        """The network's layers as NumPy (kernel, bias).

        They are averaged over the latest steps (Polyak and Juditsky 1992), so every checkpoint is free of the noise
        of single steps, as only the last one would be otherwise.
        """
        arrays = [average.numpy() for average in self.averages]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def save(self):
        """Write the checkpoint beside its target, then move it there: a kill leaves the old one whole."""
        state = {f"variable_{i}": variable.numpy() for i, variable in enumerate(self._state())}
        with write_atomically(self.checkpoint) as partial:
            np.savez(partial, plan=_as_text(self.plan), step=self.step, **state, **self.arrays)

    def restore(self):
        """Read the checkpoint, if there is one. Raises CheckpointError if it belongs to another plan."""
        if not self.checkpoint.exists():
            return
        with np.load(self.checkpoint, allow_pickle=False) as saved:
            if _without_steps(str(saved["plan"])) != _without_steps(_as_text(self.plan)):
                raise CheckpointError(
                    f"{self.checkpoint}: this checkpoint belongs to another run.\n"
                    f"  its plan:  {saved['plan']}\n  your plan: {_as_text(self.plan)}\n"
                    f"Give the same options to continue (only --steps may change), or delete the "
                    f"file to start again."
                )
            self.step = int(saved["step"])
            for i, variable in enumerate(self._state()):
                variable.assign(saved[f"variable_{i}"])
            self.arrays = {key: saved[key] for key in self.arrays}

    @property
    def arrays(self):
        """What is kept from step to step beside the variables: {name: array}."""
        return {}

    @arrays.setter
    def arrays(self, arrays):
        assert not arrays

    def _state(self):
        return [*self.variables, *self.optimizer.variables, *self.averages]


def _as_text(plan):
    return json.dumps(dataclasses.asdict(plan))


def _without_steps(plan):
    try:
        return {key: value for key, value in json.loads(plan).items() if key != "steps"}
    except ValueError:  # a checkpoint of an earlier version of this tool
        return plan
