"""Studio: choose pictures, see a preview at once, and paint by clicking. notebooks/studio.ipynb shows it.

What a visitor does is in plain classes without widgets: the pictures to choose from, a request, a job, past runs. The
modules whose names end in `_panel` show them. It needs the packages of the extra `studio`.
"""

import threading


def show_studio():
    """Return the widget of the whole page. Raises ImportError, with what to install, if a package is missing."""
    try:
        from nst.studio.page import make_page
        from nst.studio.painting import load_engine
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets"):
            raise
        raise ImportError(
            f"Studio needs the package {error.name}. Install it with: python -m pip install anywidget ipywidgets"
        ) from None
    threading.Thread(target=load_engine, daemon=True).start()
    return make_page()
