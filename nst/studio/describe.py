"""The HTML of a job: its bar, its picture and curve while it paints; the picture beside the photograph at its end."""

from html import escape

from foundation.time_left import describe_time_left
from nst.notebook.comparison import render_comparison
from nst.notebook.html import STYLE, encode_jpeg, make_image
from nst.studio import job
from nst.studio.curve import draw_curve

LONGEST = 640  # pixels of the picture while it is painted
JOB_STYLE = """<style>
.nst.nst-job{max-width:640px}
.nst.nst-done{max-width:880px}
.nst-job .nst-curve{max-width:640px}
.nst-job progress{width:100%;height:12px;accent-color:var(--nst-accent);display:block;margin:4px 0}
.nst-job .nst-curve{display:block;width:100%;height:120px;margin:8px 0 2px;border-bottom:1px solid var(--nst-line)}
.nst-refused{border-left:4px solid var(--jp-error-color1,#d32f2f);padding-left:8px}
</style>"""
GETTING_READY = "Getting ready. The first step takes longest."
STOPPING = "Stopping after this step ..."


def render_sentence(words, *, refused=False):
    """Return a sentence that screen readers read out when it appears."""
    kind = ' class="nst-refused" role="alert"' if refused else ' role="status"'
    return f'<div class="nst">{STYLE}{JOB_STYLE}<div{kind}>{escape(words)}</div></div>'


def render_status(status, photograph=None):
    """Return the HTML of a job's Status; "" if nothing was painted yet.

    photograph: (1, H, W, 3) in [0, 1], which the finished picture is laid over.
    """
    if status.state == job.IDLE:
        return ""
    if status.is_running:
        return _wrap(_render_progress(status))
    if status.result is None:
        return render_sentence(status.message, refused=status.state == job.FAILED)
    words = _describe_end(status)
    comparison = "" if photograph is None else _compare(status.result.picture, photograph, status.result.title)
    return _wrap(f'<div role="status">{escape(words)}</div>{comparison}{_render_curve(status)}', " nst-done")


def render_picture(result, alt):
    """Return the picture of a Result."""
    data, size = encode_jpeg(result.picture, LONGEST)
    return f'<div class="nst nst-job">{STYLE}{JOB_STYLE}{make_image(data, alt, size=size)}</div>'


def _render_progress(status):
    progress = status.progress
    waiting = STOPPING if status.state == job.STOPPING else GETTING_READY
    if progress is None:
        return f'<progress max="1" aria-label="Painting: getting ready"></progress><div role="status">{waiting}</div>'
    height, width = progress.size
    left = describe_time_left(progress.seconds_left)
    words = (
        f"{progress.done:.0%}, evaluation {progress.evaluation}, {width} x {height} pixels, {progress.seconds:.0f} s"
    )
    words = STOPPING if status.state == job.STOPPING else ", ".join(filter(None, [words, left]))
    data, size = encode_jpeg(progress.image, LONGEST)
    return (
        f'<progress max="1" value="{progress.done:.3f}" aria-label="Painting: {progress.done:.0%}"></progress>'
        f'<div class="muted">{escape(words)}</div>{make_image(data, "The picture so far.", size=size)}'
        f"{_render_curve(status)}"
    )


def _render_curve(status):
    return draw_curve(status.costs)


def _describe_end(status):
    height, width = status.result.picture.shape[1:3]
    words = f"{width} x {height} pixels, {status.result.timings['seconds']:.0f} s."
    if status.state == job.STOPPED:
        advice = " Continue paints on from here." if status.resumable else ""
        words = f"Stopped: this is the picture so far.{advice} {words}"
    return " ".join([words, *status.result.notes])


def _compare(picture, photograph, title):
    titles = ["photograph", "painting"]
    return render_comparison(photograph, picture, titles, f"{title}, laid over the photograph.")


def _wrap(html, kind=""):
    return f'<div class="nst nst-job{kind}">{STYLE}{JOB_STYLE}{html}</div>'
