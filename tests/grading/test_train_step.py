"""train_step is tried on our network, our picture and our optimizer; the student's own stay as they are."""

import numpy as np
import pytest
import tensorflow as tf

from grading.exercises.exercise import VISIBLE_SEED
from grading.exercises.train_step import step_case
from grading.grade_function import grade_function
from grading.judge import judge
from grading.judge.compute_content_cost import content_cost
from grading.judge.compute_style_cost import style_cost
from grading.judge.numbers import RELATIVE_TOLERANCE
from grading.judge.total_cost import ALPHA, BETA
from grading.judge.train_step.evidence import StepEvidence, network_outputs
from grading.runner import probe, probe_train_step
from tests.support.parameters import mostly_slow
from tests.support.right_answers_train_step import STEP_KEEPING
from tests.support.student_notebook import SOLUTIONS, STYLE_LAYERS, solved

OWN = """
vgg_model_outputs = "the student's network"
a_S = "the student's a_S"
a_C = "the student's a_C"
generated_image = tf.Variable(tf.fill([1, 4, 4, 3], 0.5))
"""


def trained(notebook, steps=2):
    """A notebook whose optimizer has moved its picture a few steps."""
    picture, optimizer = notebook["generated_image"], notebook["optimizer"]
    for _ in range(steps):
        optimizer.apply_gradients([(tf.ones_like(picture), picture)])
    return notebook


def test_the_student_s_names_picture_and_optimizer_are_as_they_were():
    notebook = trained(solved(train_step=SOLUTIONS["train_step"] + OWN))
    before = dict(notebook.namespace)
    picture = notebook["generated_image"].numpy()
    moments = [variable.numpy() for variable in notebook["optimizer"].variables]
    assert (
        grade_function("train_step", notebook["train_step"], generated_image=notebook["generated_image"]).state
        == "passed"
    )
    assert list(notebook.namespace) == list(before)
    assert all(notebook.namespace[name] is value for name, value in before.items())
    assert np.array_equal(notebook["generated_image"].numpy(), picture)
    for variable, moment in zip(notebook["optimizer"].variables, moments, strict=True):
        assert np.array_equal(variable.numpy(), moment)


def test_they_are_put_back_when_the_step_raises_too():
    notebook = solved(train_step=OWN + "def train_step(generated_image):\n    raise ValueError")
    before = dict(notebook.namespace)
    assert grade_function("train_step", notebook["train_step"]).state == "crashed"
    assert notebook.namespace == before


def test_names_that_were_missing_are_missing_again():
    notebook = solved()
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    assert not {"vgg_model_outputs", "a_S", "a_C"} & notebook.namespace.keys()


@pytest.mark.slow
def test_a_step_that_changes_the_notebook_s_picture_does_not_get_away_with_it():
    cell = (
        OWN
        + SOLUTIONS["train_step"].replace(
            "(clip_0_1(generated_image))\n",
            ("(clip_0_1(generated_image))\n    other.assign_add(tf.ones_like(other))\n"),
        )
        + "other = generated_image\n"
    )
    notebook = solved(train_step=cell)
    outcome = grade_function("train_step", notebook["train_step"])
    assert (outcome.state, outcome.mistake) == ("wrong property", "another-picture")
    assert np.all(notebook["generated_image"].numpy() == 0.5)


@pytest.mark.parametrize("missing", mostly_slow(["optimizer", "compute_style_cost", "total_cost"]))
def test_a_needed_name_that_is_missing_is_named(missing):
    notebook = solved()
    del notebook.namespace[missing]
    outcome = grade_function("train_step", notebook["train_step"])
    assert (outcome.state, outcome.mistake) == ("crashed", "undefined-name")
    assert f"name '{missing}' is not defined" in outcome.found[1]


def test_clip_0_1_is_supplied_where_it_is_missing():
    notebook = solved()
    del notebook.namespace["clip_0_1"]
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    assert "clip_0_1" not in notebook.namespace


@pytest.mark.parametrize(
    "layers",
    mostly_slow(
        [
            "[('block1_conv1', 1.0)]",
            "[('block3_conv1', 0.6), ('block1_conv1', 0.3), ('block5_conv4', 0.1)]",
            "[(f'layer{n}', 1 / 16) for n in range(16)]",
        ]
    ),
)
def test_any_number_of_style_layers_will_do(layers):
    cell = f"STYLE_LAYERS = {layers}\n" + SOLUTIONS["compute_style_cost"].replace(STYLE_LAYERS, "")
    assert grade_function("train_step", solved(compute_style_cost=cell)["train_step"]).state == "passed"


def test_style_layers_that_weigh_nothing_are_named():
    cell = SOLUTIONS["compute_style_cost"].replace("0.2", "0.0")
    outcome = grade_function("train_step", solved(compute_style_cost=cell)["train_step"])
    assert (outcome.state, outcome.mistake) == ("wrong value", "weightless-style")


def test_an_optimizer_inside_what_the_step_calls_is_replaced_too():
    cell = (
        SOLUTIONS["train_step"]
        .replace(
            "@tf.function",
            "def update(grad, picture):\n    optimizer.apply_gradients([(grad, picture)])\n\n@tf.function",
        )
        .replace("optimizer.apply_gradients([(grad, generated_image)])", "update(grad, generated_image)")
    )
    notebook = trained(solved(train_step=cell + OWN))
    iterations = int(notebook["optimizer"].iterations)
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    assert int(notebook["optimizer"].iterations) == iterations


def test_an_optimizer_and_a_network_in_a_closure_are_replaced_and_put_back():
    body = "    " + SOLUTIONS["train_step"].split("@tf.function\n")[1].replace("\n", "\n    ").rstrip()
    notebook = solved(
        train_step=f"""
def make_train_step(vgg_model_outputs, a_S, a_C, optimizer):
{body}
    return tf.function(train_step)

def clip_0_1(image):
    return tf.clip_by_value(image, 0.0, 1.0)

optimizer = tf.keras.optimizers.Adam()
train_step = make_train_step("the network", "a_S", "a_C", optimizer)
"""
    )
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    function = notebook["train_step"].python_function
    kept = dict(zip(function.__code__.co_freevars, [c.cell_contents for c in function.__closure__], strict=True))
    assert kept == {"vgg_model_outputs": "the network", "a_S": "a_S", "a_C": "a_C", "optimizer": notebook["optimizer"]}
    assert not notebook["optimizer"].built


@pytest.mark.slow
def test_an_optimizer_of_a_picture_of_another_size_is_named():
    notebook = trained(solved(train_step=SOLUTIONS["train_step"] + OWN))
    outcome = grade_function("train_step", notebook["train_step"], generated_image=tf.Variable(tf.zeros([1, 6, 4, 3])))
    assert (outcome.state, outcome.mistake) == ("wrong graph", "stale-optimizer")


def test_an_optimizer_of_another_picture_of_the_same_size_is_worth_a_word():
    notebook = trained(solved(train_step=SOLUTIONS["train_step"] + OWN))
    outcome = grade_function("train_step", notebook["train_step"], generated_image=tf.Variable(tf.zeros([1, 4, 4, 3])))
    assert outcome.state == "passed"
    assert "Adam still remembers that picture" in outcome.notes[0]


@pytest.mark.parametrize("way", mostly_slow(STEP_KEEPING))
def test_wherever_it_is_kept_the_student_s_optimizer_and_picture_stay_as_they_are(way):
    cell = "optimizer = painter = None\n" + STEP_KEEPING[way] + "picture = tf.Variable(tf.fill([1, 4, 4, 3], 0.5))\n"
    notebook = solved(train_step=cell)
    picture, every = notebook["picture"], [notebook["optimizer"] or notebook["painter"].optimizer]
    every += [notebook["adam"]()] if way == "made when first asked for" else []
    for optimizer in every:
        optimizer.apply_gradients([(tf.ones_like(picture), picture)])
    before = [(optimizer, type(optimizer), dict(vars(optimizer)), values(optimizer)) for optimizer in every]
    pixels, namespace = picture.numpy(), dict(notebook.namespace)
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    for optimizer, kind, inside, numbers in before:
        assert type(optimizer) is kind
        assert vars(optimizer) == inside
        assert values(optimizer) == numbers
    assert np.array_equal(picture.numpy(), pixels)
    assert notebook.namespace == namespace
    assert "apply" not in vars(tf.keras.optimizers.Optimizer)


def values(optimizer):
    return [variable.numpy().tolist() for variable in optimizer.variables]


def test_a_step_that_rebinds_a_global_of_the_notebook_leaves_it_bound_as_it_was():
    cell = "last = None\n" + SOLUTIONS["train_step"].replace(
        "    return J", "    global last, new\n    last = new = J\n    return J"
    ).replace("@tf.function", "")
    notebook = solved(train_step=cell)
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    assert notebook["last"] is None
    assert "new" not in notebook.namespace


@pytest.mark.slow
def test_a_step_without_style_is_caught_however_little_its_lambdas_weigh():
    cell = SOLUTIONS["compute_style_cost"].replace("0.2", "0.00021")
    step = SOLUTIONS["train_step"].replace("compute_style_cost(a_S, a_G)", "0.0")
    for seed in (VISIBLE_SEED, 1, 2):
        outcome = grade_function("train_step", solved(compute_style_cost=cell, train_step=step)["train_step"], seed)
        assert (outcome.state, outcome.mistake, outcome.share) == ("wrong value", "style-missing", 0)


@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_both_terms_weigh_enough_for_the_absence_of_one_to_show(count):
    for seed in (VISIBLE_SEED, *range(50)):
        case = step_case(seed)
        layers, kernels = case.layers(count), case.kernels[: count + 1]
        a_S, a_G, a_C = (network_outputs(picture, kernels) for picture in (case.style, case.start, case.content))
        style = BETA * style_cost(a_S, a_G, layers)
        content = ALPHA * content_cost(a_C, a_G)
        assert min(style, content) > 10 * RELATIVE_TOLERANCE * (style + content)


def test_a_picture_that_is_no_variable_is_named():
    outcome = grade_function("train_step", solved()["train_step"], generated_image=tf.zeros([1, 4, 4, 3]))
    assert (outcome.state, outcome.mistake) == ("wrong type", "plain-tensor")


def test_a_step_that_traces_anew_for_every_picture_is_caught():
    arrays = probe.run("train_step", solved()["train_step"], VISIBLE_SEED)
    outcome = judge("train_step", {**arrays, "traces": np.array(4)}, VISIBLE_SEED)
    assert outcome.state == "wrong graph"
    assert outcome.found[0].startswith("expected one trace for two pictures of the same shape, got 4")


@pytest.mark.slow
def test_a_picture_that_grows_brighter_whatever_the_gradient_is_caught():
    cell = SOLUTIONS["train_step"].replace(
        "optimizer.apply_gradients([(grad, generated_image)])", "generated_image.assign_add(0.001 * tf.ones_like(grad))"
    )
    assert grade_function("train_step", solved(train_step=cell)["train_step"]).state in (
        "wrong gradient",
        "wrong property",
    )


def test_keras_and_numpy_compute_the_same_small_network():
    case = step_case(VISIBLE_SEED)
    keras_network = probe_train_step.build_network(
        case.kernels[:6], [f"block{n}/conv1" for n in range(5)], {"calls": 0}
    )
    outputs = keras_network(tf.constant(case.start))
    assert isinstance(outputs, list)
    for ours, theirs in zip(network_outputs(case.start, case.kernels[:6]), outputs, strict=True):
        assert theirs.numpy() == pytest.approx(ours, abs=1e-5)


@pytest.mark.parametrize("seed", mostly_slow(range(6)))
def test_the_solution_moves_down_the_gradient_whatever_the_seed(seed):
    step = StepEvidence(probe.run("train_step", solved()["train_step"], seed), seed)
    assert step.moved_as(step.step())
    assert step.J[0] > step.J[1] > step.J[2]


@pytest.mark.slow
def test_a_student_s_random_numbers_stay_the_same():
    notebook = solved()

    def draws():
        return tf.random.uniform([2]).numpy().tolist(), np.random.default_rng(0).random(), __import__("random").random()

    tf.keras.utils.set_random_seed(3)
    alone = draws()
    tf.keras.utils.set_random_seed(3)
    grade_function("train_step", notebook["train_step"])
    assert draws() == alone
