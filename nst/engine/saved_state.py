"""Whether the state in a checkpoint is one that a run can have: a file may be crafted, and its checksum too."""

import math
import re

import numpy as np

CURVE = {"height": int, "width": int, "network": str, "content": float, "variation": float, "style": list}
STAGE = {"height": int, "width": int, "network": str, "evaluations": int, "seconds": float, "J": float}
PROGRESS = {"curves": list, "stages": list, "notes": list, "seconds": float, "seconds_in_stage": float}
PICTURES = re.compile(r"image|good|gradient|mean|square|[sy]\d+")  # arrays with a number for each value of a picture


def require_saved_state(plan, make_optimizer, arrays, progress):
    """Raise ValueError unless a run with that plan could have written this.

    plan: the Stages of the run. make_optimizer: a function of a Stage and its first picture. arrays, progress: see
    nst.engine.checkpoint.Checkpoint.write.
    """
    _require(_has_types(progress, PROGRESS), "its progress")
    curves, stages, notes = progress["curves"], progress["stages"], progress["notes"]
    _require(all(_has_types(curve, CURVE) and all(map(_is_finite, curve["style"])) for curve in curves), "its curves")
    _require(all(_has_types(stage, STAGE) for stage in stages), "its sizes")
    _require(all(isinstance(note, str) for note in notes), "its notes")
    _require(len(stages) < len(plan), "the number of its sizes")
    for done, planned in zip(stages, plan, strict=False):
        names = ("height", "width", "network")
        _require(all(done[name] == getattr(planned, name) for name in names), "one of its sizes")
    stage = plan[len(stages)]
    shape = (1, stage.height, stage.width, 3)
    optimizer = make_optimizer(stage, np.zeros(shape, np.float32))
    optimizer.restore(arrays)
    expected = optimizer.state()
    _require(expected.keys() == arrays.keys(), "the names of its arrays")
    for name, array in arrays.items():
        of_picture = PICTURES.fullmatch(name)
        _require(array.shape == (shape if of_picture else ()), f"the shape of {name}")
        _require(array.dtype == (np.float32 if of_picture else expected[name].dtype), f"the type of {name}")
        _require(np.isfinite(array).all(), name)
    _require(0 <= arrays["image"].min() <= arrays["image"].max() <= 1, "its picture")
    _require(arrays["evaluations"] >= 0 and arrays["recoveries"] >= 0, "the number of its evaluations")


def _require(valid, what):
    if not valid:
        raise ValueError(f"{what} cannot be that of this run")


def _has_types(value, types):
    return (
        isinstance(value, dict)
        and value.keys() == types.keys()
        and all(
            _is_finite(value[key]) if kind is float else isinstance(value[key], kind) for key, kind in types.items()
        )
    )


def _is_finite(value):
    return isinstance(value, (int, float)) and math.isfinite(value)
