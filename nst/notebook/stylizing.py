"""nst.stylize in a cell: the picture so far while it paints; an interruption returns that picture."""

from dataclasses import replace

from nst.engine.result import Interrupted
from nst.notebook.display import ProgressDisplay
from nst.notebook.live import describe_J

INTERRUPTED = "Interrupted at {done:.0%}: this is the picture so far."


def stylize_in_cell(run, title):
    """Return the Result of run(on_progress), a call of the engine, with a display above it.

    If it is interrupted when there is a picture, return that one, with a note.
    """
    display, first = ProgressDisplay(title), None

    def show_progress(progress):
        nonlocal first
        J = sum(progress.terms)
        first = J if first is None else first
        height, width = progress.size
        display.update(
            progress.done,
            f"evaluation {progress.evaluation}, {width} x {height} pixels",
            describe_J(first, J),
            picture=progress.image,
            seconds_left=progress.seconds_left,
            soon=progress.evaluation == 1,
        )

    try:
        result = run(show_progress)
    except Interrupted as interruption:
        note = INTERRUPTED.format(done=interruption.done)
        display.close(note)
        return replace(interruption.result, notes=[*interruption.result.notes, note])
    except BaseException as error:
        display.close(f"stopped: {type(error).__name__}.", keep_picture=True)
        raise
    height, width = result.picture.shape[1:3]
    display.close(f"{width} x {height} pixels, {len(result.curves)} evaluations.")
    return result
