"""A course with one toy chapter, so that the tools can be tried in a second and without TensorFlow."""

TOY = '''\
# %% [markdown]
# # A toy
# Twice two, by a function of yours.

# %% tags=["nbval-ignore-output"]
import os, sys
print(os.environ["NST_WEIGHTS"])
print("42 seconds", file=sys.stderr)

# %% exercise="1: double"
def double(x):
    """2x."""
    ### BEGIN SOLUTION
    twice = x + x
    return twice
    ### END SOLUTION

# %% test="double" points=5
assert double(2) == 4

# %%
double(21)
'''


def write(root, text=TOY):
    """Make a course below folder `root` whose one chapter, 01_toy, is not built yet; return `root`."""
    (root / "notebooks" / "src").mkdir(parents=True, exist_ok=True)
    (root / "notebooks" / "src" / "01_toy.py").write_text(text, encoding="utf-8")
    return root
