"""Sphinx's settings. `make site` puts the sources together and calls Sphinx with this folder."""

import importlib.metadata

from tools.website.accessibility import complete_body, complete_navigation
from tools.website.chapters import add_heading_anchors
from tools.website.docstrings import find_names, to_restructured_text
from tools.website.formulas import write_block, write_inline
from tools.website.math_font import write_math_font
from tools.website.sources import SLIDES

project = "Neural Style Transfer"
author = "The Neural Style Transfer course authors"
copyright = f"{author}. Code: MIT license. Texts: CC BY 4.0"
release = version = importlib.metadata.version("neural-style-transfer-course")
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["notebooks/student"]
highlight_language = "none"
default_role = "code"
smartquotes = False  # an option is --steps
suppress_warnings = [
    "misc.highlighting_failure",  # a notebook's cell in docs/ has lines for the shell between its Python
    "myst.header",  # an exercise has a heading two levels below its section
]

# The chapters stand as they were executed and checked by nbval.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_html_meta = {
    "description": "A course on neural style transfer in TensorFlow: paint one picture in the style of another."
}
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80

html_theme = "furo"
html_title = "Neural Style Transfer"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["site.css"]
html_favicon = "static/icon.svg"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
copybutton_exclude = ".linenos, .gp, .go"


def setup(app):
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("doctree-read", add_anchors)
    app.connect("html-page-context", complete_for_assistance, priority=900)  # after the theme
    app.connect("html-page-context", choose_template)
    app.connect("build-finished", add_math_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def convert_docstring(app, kind, name, thing, options, lines):
    lines[:] = to_restructured_text(lines, find_names(thing))


def add_anchors(app, doctree):
    if app.env.docname.startswith("notebooks/"):
        add_heading_anchors(doctree)


def complete_for_assistance(app, page, template, context, doctree):
    for part, complete in (("body", complete_body), ("furo_navigation_tree", complete_navigation)):
        if part in context:
            context[part] = complete(context[part])


def choose_template(app, page, template, context, doctree):
    return "slides.html" if page == SLIDES else None


def add_math_font(app, error):
    if error is None:
        write_math_font(app.outdir / "_static" / "math.woff")
