"""What students write for perceptual_step: the stub, right answers, and a wrong one for each known mistake."""

from tests.support.wrong_answers_train_step import edited

PARAMETERS = "painter, network, optimizer, photographs, cost"
STUB = (
    f'@tf.function\ndef perceptual_step({PARAMETERS}):\n    raise NotImplementedError("Exercise 12: perceptual_step")\n'
)

SOLUTION = """
@tf.function
def perceptual_step(painter, network, optimizer, photographs, cost):
    wanted = network(photographs)
    with tf.GradientTape() as tape:
        seen = network(painter(photographs))
        J = cost(seen, wanted)
    weights = painter.trainable_variables
    gradients = tape.gradient(J, weights)
    optimizer.apply_gradients(zip(gradients, weights))
    return J
"""

PAINTED, COST = "        seen = network(painter(photographs))\n", "        J = cost(seen, wanted)\n"
UPDATE = "optimizer.apply_gradients(zip(gradients, weights))"
TAPE, WEIGHTS = "    with tf.GradientTape() as tape:\n", "painter.trainable_variables"

RIGHT_ANSWERS = [
    SOLUTION,
    edited(SOLUTION, ("@tf.function\n", "")),
    edited(SOLUTION, (UPDATE, "optimizer.apply(gradients, weights)")),
    edited(
        SOLUTION,
        ("    wanted = network(photographs)\n", ""),
        (PAINTED + COST, "        J = cost(network(painter(photographs)), network(photographs))\n"),
    ),
    edited(
        SOLUTION,
        (
            TAPE,
            "    with tf.GradientTape(watch_accessed_variables=False) as tape:\n"
            "        tape.watch([v.value for v in painter.weights])\n",
        ),
        (UPDATE, "optimizer.apply_gradients(list(zip(gradients, weights)))"),
        ("    wanted", "    photographs = tf.convert_to_tensor(photographs)\n    wanted"),
    ),
    edited(
        SOLUTION,
        ("network(painter(photographs))", "network(painter(photographs, training=True))"),
    ),
    edited(
        SOLUTION,
        ("weights = painter", "weights = [v.value for v in painter"),
        ("_variables", "_variables]"),
        (UPDATE, "optimizer.apply_gradients(zip(gradients, painter.trainable_variables))"),
    ),
]


def _wrong(name, *edits, state="wrong value", mistake=None):
    return "perceptual_step", name, mistake or name, state, edited(SOLUTION, *edits)


WRONG_ANSWERS = [
    _wrong("returns-pictures", ("return J", "return painter(photographs)"), state="wrong shape"),
    _wrong("returns-both", ("return J", "return J, seen"), state="wrong type", mistake="returns-pictures"),
    _wrong("returns-nothing", ("    return J\n", ""), state="wrong type"),
    _wrong(
        "cost-of-pictures",
        (PAINTED + COST, "        J = cost(painter(photographs), photographs)\n"),
        state="crashed",
    ),
    _wrong(
        "optimizer-inside",
        ("    weights =", "    optimizer = keras.optimizers.Adam(0.01)\n    weights ="),
        state="crashed",
    ),
    _wrong("pairs-swapped", ("zip(gradients, weights)", "zip(weights, gradients)"), state="crashed"),
    _wrong("pairs-expected", (UPDATE, "optimizer.apply_gradients(gradients)"), state="crashed"),
    _wrong(
        "gradient-of-pixels",
        (TAPE, TAPE + "        tape.watch(photographs)\n"),
        ("tape.gradient(J, weights)", "tape.gradient(J, [photographs])"),
        state="crashed",
    ),
    _wrong(
        "outside-tape",
        (PAINTED, "        seen = network(pictures)\n"),
        (TAPE, "    pictures = painter(photographs)\n" + TAPE),
        state="crashed",
    ),
    _wrong(
        "not-painted",
        ("network(painter(photographs))", "network(photographs)"),
        state="crashed",
        mistake="outside-tape",
    ),
    _wrong("swapped", ("cost(seen, wanted)", "cost(wanted, seen)")),
    _wrong("both-painted", ("cost(seen, wanted)", "cost(seen, seen)")),
    _wrong("painted-twice", ("network(painter(photographs))", "network(painter(painter(photographs)))")),
    _wrong("J-after-step", ("return J", "return cost(network(painter(photographs)), wanted)")),
    _wrong(
        "trains-network",
        ("    return J", "    for v in network.variables:\n        v.assign(0.9 * v)\n    return J"),
        state="wrong property",
    ),
    _wrong("weights-unchanged", (f"    {UPDATE}\n", ""), state="wrong property"),
    _wrong(
        "optimizer-unused",
        (UPDATE, "for v, g in zip(weights, gradients):\n        v.assign_sub(0.05 * g)"),
        state="wrong property",
    ),
    _wrong(
        "by-hand-and-farther",
        (UPDATE, "for v, g in zip(weights, gradients):\n        v.assign_sub(0.5 * g)"),
        state="wrong gradient",
        mistake="optimizer-unused",
    ),
    _wrong("sign-flipped", ("zip(gradients", "zip([-g for g in gradients]"), state="wrong gradient"),
    _wrong("applied-twice", (UPDATE, f"{UPDATE}\n    {UPDATE}"), state="wrong gradient"),
    _wrong("some-weights", (WEIGHTS, f"{WEIGHTS}[-2:]"), state="wrong gradient"),
    _wrong("other-length", ("zip(gradients", "zip([g / 2 for g in gradients]"), state="wrong gradient"),
    _wrong("numpy-in-graph", ("return J", "return J.numpy()"), state="crashed"),
]
