"""A Result in a notebook: its picture, large, and a table of how it was made."""

from html import escape

from nst.notebook.html import STYLE, encode_jpeg, make_image

LONGEST = 1200  # pixels of the picture in the cell; the Result has all of them
RESULT_STYLE = """<style>
.nst-result table{border-collapse:collapse;border:0;margin:8px 0 0;font-size:14px}
.nst-result tr{background:none!important}
.nst-result th,.nst-result td{text-align:left!important;vertical-align:top;padding:4px 20px 4px 0;border:0;
border-bottom:1px solid var(--nst-line)!important;color:inherit;white-space:normal;max-width:none}
.nst-result th{font-weight:600;white-space:nowrap}
</style>"""


def render_result(result):
    """Return the HTML of a Result."""
    height, width = result.picture.shape[1:3]
    data, size = encode_jpeg(result.picture, LONGEST)
    image = make_image(data, f"{result.title}, {width} x {height} pixels", size=size)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in _list_rows(result)
    )
    return (
        f'<div class="nst nst-result">{STYLE}{RESULT_STYLE}<figure style="max-width:{max(size[0], 480)}px">{image}'
        f"</figure><table>{rows}</table></div>"
    )


def _list_rows(result):
    """The table's rows: (name, value), both text."""
    height, width = result.picture.shape[1:3]
    settings, stages = result.settings, result.timings["stages"]
    networks = list(dict.fromkeys(stage["network"] for stage in stages)) or list(settings["networks"])
    sizes = ", ".join(f"{stage['evaluations']} at {stage['width']} x {stage['height']}" for stage in stages)
    rows = [
        ("picture", f"{width} x {height} pixels"),
        ("content", settings["files"]["content"]),
        ("style", ", ".join(settings["files"]["style"])),
        ("network", ", then ".join(networks)),
        ("time", f"{result.timings['seconds']:.1f} s"),
    ]
    if result.curves:
        rows.insert(-1, ("evaluations of J", f"{len(result.curves)}{f': {sizes}' if sizes else ''}"))
    if result.scores.get("style") is not None:
        rows.append(("style score", f"{result.scores['style']:.3f} (the content picture has 1, the style picture 0)"))
    if result.scores.get("content") is not None:
        rows.append(("content score", f"{result.scores['content']:.3f} (the content picture has 0)"))
    return [*rows, *(("note", note) for note in result.notes)]
