"""The student's training: seeded step by step, so that a resumed run equals an uninterrupted one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from foundation.atomic_write import write_atomically
from tools.distil.lessons import lessons
from tools.distil.network import activations, calibrate, for_units
from tools.distil.objective import activation_errors, objective
from tools.distil.photographs import Crops, disturb
from tools.distil.start import pruned
from tools.distil.states import Pool, content_layer, transfer_costs

CROP = 112
POOL_MEMBERS = 24
LEARNING_RATE = 1e-3
LEARNING_RATE_OF_A_SECOND_PASS = 3e-4  # what the first pass taught is not to be shaken loose
WARM_UP = 100
START_CROPS = 64
CHECKPOINT_EVERY = 500


class CheckpointError(ValueError):
    """A checkpoint of another run; the message names the file and what differs."""


@dataclass(frozen=True)
class Plan:
    """What decides a run: the same plan, teacher and photographs give the same student."""

    channels: tuple
    steps: int
    batch: int = 2
    seed: int = 19
    precision: str = "float32"
    start: str = ""  # SHA-256 of the weight file that the student starts as; without one it is the teacher, pruned


class Training:
    """Student, optimiser, pool of pictures and step; `run` goes on from where the checkpoint stopped."""

    def __init__(self, plan, teacher, photographs, checkpoint, start=None):
        """teacher, start: lists of (kernel, bias) for grey levels; photographs: a list of uint8 (H, W, 3)."""
        self.plan, self.checkpoint, self.step = plan, Path(checkpoint), 0
        self.precision = tf.dtypes.as_dtype(plan.precision)
        self.teacher = [tuple(map(tf.constant, layer)) for layer in for_units(teacher)]
        self.crops = Crops(photographs, CROP)
        rng = np.random.default_rng(plan.seed)
        pictures = self._draw(rng, START_CROPS)
        start = for_units(start) if start else pruned(rng, self.teacher, pictures, plan.channels)
        self.student = [tuple(map(tf.Variable, layer)) for layer in calibrate(start, [pictures])]
        self.pool = Pool(self._draw, rng, POOL_MEMBERS)
        self.variables = [variable for layer in self.student for variable in layer]
        peak = LEARNING_RATE_OF_A_SECOND_PASS if plan.start else LEARNING_RATE
        self.optimizer = tf.keras.optimizers.Adam(
            tf.keras.optimizers.schedules.CosineDecay(
                0.0, max(plan.steps, 1), alpha=0.01, warmup_target=peak, warmup_steps=WARM_UP
            )
        )
        self.optimizer.build(self.variables)
        self._compiled_update = tf.function(self._update)
        if self.checkpoint.exists():
            self._restore()

    def run(self):
        """Train to the plan's last step, with a checkpoint now and then and when interrupted."""
        bar = tqdm(total=self.plan.steps, initial=self.step, desc="distilling", unit="step", smoothing=0.02)
        try:
            while self.step < self.plan.steps:
                error = self._advance()
                bar.update()
                if self.step % 20 == 0:
                    bar.set_postfix(error=f"{float(error):.3f}")
                if self.step % CHECKPOINT_EVERY == 0:
                    self.save()
        finally:
            bar.close()
            self.save()
        return self.weights()

    def weights(self):
        """The student's layers as NumPy (kernel, bias), for input in units of 64 grey levels."""
        return [(kernel.numpy(), bias.numpy()) for kernel, bias in self.student]

    def save(self):
        """Write the checkpoint beside its target, then move it there: a kill leaves the old one whole."""
        arrays = {f"variable_{i}": variable.numpy() for i, variable in enumerate(self._state())}
        with write_atomically(self.checkpoint) as partial:
            np.savez(partial, plan=repr(self.plan), step=self.step, **arrays, **self.pool.arrays)

    def _draw(self, rng, count):
        return disturb(rng, self.crops.draw(rng, count))

    def _advance(self):
        rng = np.random.default_rng((self.plan.seed, self.step))
        chosen = self.pool.members(self.step, self.plan.batch)
        error, gradients = self._compiled_update(*map(tf.constant, self.pool.show(chosen)))
        self.pool.walk(rng, chosen, gradients.numpy())
        self.step += 1
        return error

    def _update(self, contents, styles, states, content_weights):
        crops = tf.concat([contents, styles], 0)
        taught = lessons(self.teacher, tf.concat([crops, states], 0), self.precision)
        with tf.GradientTape() as tape:
            own_crops = self._see(crops)
            with tf.GradientTape() as walk:
                walk.watch(states)
                own_states = self._see(states)
                cost = tf.reduce_sum(transfer_costs(own_crops, own_states, content_weights))
            direction = walk.gradient(cost, states)
            own = [tf.concat(pair, 0) for pair in zip(own_crops, own_states, strict=True)]
            error = objective(taught, own, content_layer(len(self.teacher)))
        self.optimizer.apply(tape.gradient(error, self.variables))
        return error, direction

    def _see(self, pictures):
        return activations(self.student, pictures, self.precision, detached=len(self.teacher))

    def _state(self):
        return [*self.variables, *self.optimizer.variables]

    def _restore(self):
        with np.load(self.checkpoint, allow_pickle=False) as saved:
            if str(saved["plan"]) != repr(self.plan):
                raise CheckpointError(
                    f"{self.checkpoint}: this checkpoint belongs to another run.\n"
                    f"  its plan:  {saved['plan']}\n  your plan: {self.plan!r}\n"
                    f"Give the same options to go on, or delete the file to begin anew."
                )
            self.step = int(saved["step"])
            for i, variable in enumerate(self._state()):
                variable.assign(saved[f"variable_{i}"])
            self.pool.arrays = {key: saved[key] for key in self.pool.arrays}


def held_out_errors(teacher, student, photographs, seed, count=64):
    """The objective's two errors per layer on disturbed crops of photographs kept back: (layers, 2)."""
    rng = np.random.default_rng(seed)
    pictures = disturb(rng, Crops(photographs, CROP).draw(rng, count))
    return activation_errors(lessons(for_units(teacher), pictures), activations(student, pictures)).numpy()
