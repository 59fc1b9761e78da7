"""The student's training: seeded step by step, so that a resumed run equals an uninterrupted one."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from foundation.atomic_write import write_atomically
from tools.distil.interruption import deferred_interrupts
from tools.distil.lessons import lessons, taught_layers
from tools.distil.network import activations, calibrate, for_units
from tools.distil.objective import objective, on_grid
from tools.distil.photographs import Crops, disturb
from tools.distil.start import initial_student
from tools.distil.states import Pool, content_layers, transfer_costs

POOL_MEMBERS = 24
LEARNING_RATE = 1e-3
LEARNING_RATE_OF_A_SECOND_PASS = 3e-4  # so that the student keeps what it has learned
WARM_UP = 100
AVERAGED_SHARE, AVERAGED_STEPS = 0.1, 200  # the weights are averaged over the last tenth of the steps, at most 200
START_CROPS = 48
CHECKPOINT_EVERY = 200


class CheckpointError(ValueError):
    """A checkpoint of another run; the message names the file and what differs."""


@dataclass(frozen=True)
class Plan:
    """The options of a run: the same plan, teachers and pictures give the same student."""

    channels: tuple
    steps: int
    batch: int = 2
    seed: int = 19
    precision: str = "float32"
    crop: int = 112
    learning_rate: float = 0.0  # the highest; 0 stands for 1e-3, or 3e-4 for a student that has been trained before
    frozen: int = 0  # how many of the first layers keep their weights
    start: str = ""  # SHA-256 of the weight file that the student starts from; without one, the teacher is pruned
    deep_teacher: str = ""  # SHA-256 of the deep teacher's file


class Training:
    """Student, optimizer, pool of pictures and step; `run` continues where the checkpoint stopped."""

    def __init__(self, plan, teacher, photographs, checkpoint, start=(), *, paintings=(), deep_teacher=()):
        """teacher, deep_teacher, start: lists of (kernel, bias) for gray levels; the last two may be empty.

        photographs, paintings: lists of uint8 (H, W, 3). Without paintings, photographs are the styles too.
        """
        self.plan, self.checkpoint, self.step = plan, Path(checkpoint), 0
        self.precision = tf.dtypes.as_dtype(plan.precision)
        self.teacher, self.deep_teacher = _constants(teacher), _constants(deep_teacher)
        self.taught = taught_layers(teacher, deep_teacher)
        self.photographs = Crops(photographs, plan.crop)
        self.paintings = Crops(paintings, plan.crop) if paintings else self.photographs
        rng = np.random.default_rng(plan.seed)
        pictures = np.concatenate([self._draw_content(rng, START_CROPS // 2), self._draw_style(rng, START_CROPS // 2)])
        start = initial_student(
            rng, self.teacher, pictures, plan.channels, for_units(start) if start else (), self.deep_teacher
        )
        self.student = [tuple(map(tf.Variable, layer)) for layer in calibrate(start, [pictures])]
        self.pool = Pool(self._draw_content, self._draw_style, rng, POOL_MEMBERS)
        self.lessons_of_members = {}  # lessons on the content and style crop of a member, which stay the same
        self.variables = [variable for layer in self.student for variable in layer]
        self.trained = self.variables[2 * plan.frozen :]
        self.averages = [tf.Variable(variable) for variable in self.variables]
        peak = plan.learning_rate or (LEARNING_RATE_OF_A_SECOND_PASS if plan.start else LEARNING_RATE)
        self.optimizer = tf.keras.optimizers.Adam(
            tf.keras.optimizers.schedules.CosineDecay(
                0.0, max(plan.steps, 1), alpha=0.01, warmup_target=peak, warmup_steps=WARM_UP
            )
        )
        self.optimizer.build(self.trained)
        self._compiled_update = tf.function(self._update)
        self._compiled_lessons = tf.function(self._lessons)
        if self.checkpoint.exists():
            self._restore()

    def run(self, at_checkpoint=None, checkpoint_every=None):
        """Train to the plan's last step, with a checkpoint at regular steps and when interrupted.

        at_checkpoint(training, error): called after each checkpoint, with the mean of the objective since the last.
        checkpoint_every: in steps; CHECKPOINT_EVERY if it is not given.
        """
        every, errors = checkpoint_every or CHECKPOINT_EVERY, []
        bar = tqdm(total=self.plan.steps, initial=self.step, desc="distilling", unit="step", smoothing=0.02)
        try:
            with deferred_interrupts() as raise_if_interrupted:
                while self.step < self.plan.steps:
                    errors.append(float(self._advance()))
                    bar.update()
                    if self.step % 20 == 0:
                        bar.set_postfix(error=f"{np.mean(errors[-20:]):.3f}")
                    raise_if_interrupted()
                    if self.step % every == 0:
                        self.save()
                        if at_checkpoint:
                            at_checkpoint(self, np.mean(errors))
                        errors.clear()
        finally:
            bar.close()
            self.save()
        return self.weights()

    def weights(self):
        """The student's layers as NumPy (kernel, bias), for input in units of 64 gray levels.

        They are averaged over the latest steps (Polyak and Juditsky 1992), so every checkpoint is free of the noise
        of single steps, as only the last one would be otherwise.
        """
        arrays = [average.numpy() for average in self.averages]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def save(self):
        """Write the checkpoint beside its target, then move it there: a kill leaves the old one whole."""
        arrays = {f"variable_{i}": variable.numpy() for i, variable in enumerate(self._state())}
        with write_atomically(self.checkpoint) as partial:
            np.savez(partial, plan=_as_text(self.plan), step=self.step, **arrays, **self.pool.arrays)

    def _draw_content(self, rng, count):
        return disturb(rng, self.photographs.draw(rng, count))

    def _draw_style(self, rng, count):
        return disturb(rng, self.paintings.draw(rng, count))

    def _advance(self):
        rng = np.random.default_rng((self.plan.seed, self.step))
        chosen = self.pool.members(self.step, self.plan.batch)
        error, gradients = self._compiled_update(
            self._lessons_on_crops(chosen), *map(tf.constant, self.pool.show(chosen))
        )
        for member in self.pool.walk(rng, chosen, gradients.numpy()):
            self.lessons_of_members.pop(member, None)
        self.step += 1
        return error

    def _lessons_on_crops(self, chosen):
        """The lessons on the content crops of the chosen members, and then on their style crops, layer by layer."""
        for member in chosen:
            if member not in self.lessons_of_members:
                contents, styles, *_ = self.pool.show([member])
                self.lessons_of_members[member] = self._compiled_lessons(tf.concat([contents, styles], 0))
        layers = zip(*(self.lessons_of_members[member] for member in chosen), strict=True)
        return [tf.concat([layer[i : i + 1] for i in (0, 1) for layer in members], 0) for members in layers]

    def _lessons(self, pictures):
        # Those of the trained layers only. TensorFlow leaves out of the compiled function whatever they do not need.
        layers = lessons(self.teacher, pictures, self.precision, deep_teacher=self.deep_teacher)
        return [on_grid(layer) for layer in layers[self.plan.frozen :]]

    def _update(self, lessons_on_crops, contents, styles, states, content_weights):
        taught = [tf.concat(pair, 0) for pair in zip(lessons_on_crops, self._lessons(states), strict=True)]
        with tf.GradientTape() as tape:
            own_crops = self._activations(tf.concat([contents, styles], 0))
            with tf.GradientTape() as walk:
                walk.watch(states)
                own_states = self._activations(states)
                cost = tf.reduce_sum(transfer_costs(own_crops, own_states, content_weights))
            direction = walk.gradient(cost, states)
            pairs = list(zip(own_crops, own_states, strict=True))[self.plan.frozen :]
            own = [tf.concat([on_grid(layer) for layer in pair], 0) for pair in pairs]
            content = [i - self.plan.frozen for i in content_layers(self.taught) if i >= self.plan.frozen]
            error = objective(taught, own, content)
        self.optimizer.apply(tape.gradient(error, self.trained))
        self._average()
        return error, direction

    def _average(self):
        steps = tf.cast(self.optimizer.iterations, tf.float32) * AVERAGED_SHARE
        share = 1 / tf.clip_by_value(steps, 1.0, AVERAGED_STEPS)
        for average, variable in zip(self.averages, self.variables, strict=True):
            average.assign_add(share * (variable - average))

    def _activations(self, pictures):
        # A layer that learns a stand-in does not change the layers below it.
        return activations(self.student, pictures, self.precision, detached=self.taught)

    def _state(self):
        return [*self.variables, *self.optimizer.variables, *self.averages]

    def _restore(self):
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
            self.pool.arrays = {key: saved[key] for key in self.pool.arrays}


def _constants(weights):
    return [tuple(map(tf.constant, layer)) for layer in for_units(weights)] if weights else []


def _as_text(plan):
    return json.dumps(dataclasses.asdict(plan))


def _without_steps(plan):
    try:
        return {key: value for key, value in json.loads(plan).items() if key != "steps"}
    except ValueError:  # a checkpoint of an earlier version of this tool
        return plan
