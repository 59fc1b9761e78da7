"""The progress bar of a painting: the time left is shown once it is known to within a factor of two."""

from tqdm import tqdm

from foundation.time_left import describe_time_left


class PaintingBar(tqdm):
    """A tqdm bar of a run's finished part. tqdm's own estimate takes the slow first steps for the speed of all."""

    def __init__(self, **options):
        super().__init__(total=1, bar_format="{percentage:3.0f}% |{bar}| {elapsed}{postfix}", delay=1, **options)

    def show_progress(self, progress):
        """Show an nst.Progress."""
        left = progress.seconds_left
        self.set_postfix_str(describe_time_left(left), refresh=False)
        self.update(progress.done - self.n)
