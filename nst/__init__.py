"""Neural Style Transfer: pictures, networks, the engine, and everything that touches disk, network or screen.

>>> import nst
>>> result = nst.stylize("house.jpg", "painting.jpg", size=512)
"""


def __getattr__(name):
    if name == "stylize":
        from nst.engine.stylize import stylize  # which imports TensorFlow: fetching does without

        return stylize
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
