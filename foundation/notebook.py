"""The notebook that the code runs in, if it runs in one: whether there is one, and HTML below its cell."""

import sys


def in_notebook():
    """Whether this code runs in the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return hasattr(shell, "kernel")


def show_html(html, text, *, display_id=None, update=False):
    """Display HTML; `text` says the same where only text is shown. display_id, update: to replace it in place."""
    from IPython.display import display, update_display

    data = {"text/html": html, "text/plain": text}
    if update:
        update_display(data, raw=True, display_id=display_id)
    else:
        display(data, raw=True, **({} if display_id is None else {"display_id": display_id}))
