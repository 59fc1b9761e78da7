# %% [markdown]
# # Studio
#
# Choose a photograph and one to three paintings, look at the preview, and paint. Pictures are saved in
# `output/studio/`.

# %% [markdown] tags=["jupyterlab"]
# Run all cells: in the menu **Run**, choose **Run All Cells**.

# %%
import sys
from importlib.util import find_spec
from pathlib import Path

# VS Code may start Python in another folder, and tells where the notebook is.
NOTEBOOK = Path(globals().get("__vsc_ipynb_file__", "notebook")).absolute()
FOLDERS = [*NOTEBOOK.parents, Path.cwd(), *Path.cwd().parents]
ROOT = next((folder for folder in FOLDERS if (folder / "public_tests.py").is_file()), None)
if ROOT and str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
assert find_spec("public_tests"), "open the notebook inside the course's folder, or install it"

# %%
from nst.studio import show_studio

show_studio()
