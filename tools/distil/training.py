"""The student's training."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from tools.distil.lessons import lessons, taught_layers
from tools.distil.network import activations, calibrate, for_units
from tools.distil.objective import objective, on_grid
from tools.distil.start import initial_student
from tools.distil.states import Pool, content_layers, transfer_costs
from tools.training.photographs import Crops, disturb
from tools.training.resumable import ResumableTraining

POOL_MEMBERS = 24
LEARNING_RATE = 1e-3
LEARNING_RATE_OF_A_SECOND_PASS = 3e-4  # so that the student keeps what it has learned
START_CROPS = 48


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


class Training(ResumableTraining):
    """Student, optimizer, pool of pictures and step; `run` continues where the checkpoint stopped."""

    label = "distilling"

    def __init__(self, plan, teacher, photographs, checkpoint, start=(), *, paintings=(), deep_teacher=()):
        """teacher, deep_teacher, start: lists of (kernel, bias) for gray levels; the last two may be empty.

        photographs, paintings: lists of uint8 (H, W, 3). Without paintings, photographs are the styles too.
        """
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
        variables = [variable for layer in self.student for variable in layer]
        peak = plan.learning_rate or (LEARNING_RATE_OF_A_SECOND_PASS if plan.start else LEARNING_RATE)
        super().__init__(plan, checkpoint, variables, peak, variables[2 * plan.frozen :])
        self._compiled_update = tf.function(self._update)
        self._compiled_lessons = tf.function(self._lessons)
        self.restore()

    def _draw_content(self, rng, count):
        return disturb(rng, self.photographs.draw(rng, count))

    def _draw_style(self, rng, count):
        return disturb(rng, self.paintings.draw(rng, count))

    def advance(self):
        """Take one step and return its error."""
        rng = np.random.default_rng((self.plan.seed, self.step))
        chosen = self.pool.members(self.step, self.plan.batch)
        error, gradients = self._compiled_update(
            self._lessons_on_crops(chosen), *map(tf.constant, self.pool.show(chosen))
        )
        for member in self.pool.walk(rng, chosen, gradients.numpy()):
            self.lessons_of_members.pop(member, None)
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
        self.apply(tape.gradient(error, self.trained))
        return error, direction

    def _activations(self, pictures):
        # A layer that learns a stand-in does not change the layers below it.
        return activations(self.student, pictures, self.precision, detached=self.taught)

    @property
    def arrays(self):
        """The pool's pictures."""
        return self.pool.arrays

    @arrays.setter
    def arrays(self, arrays):
        self.pool.arrays = arrays


def _constants(weights):
    return [tuple(map(tf.constant, layer)) for layer in for_units(weights)] if weights else []
