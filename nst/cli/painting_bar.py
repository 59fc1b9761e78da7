"""The progress bar of a painting: the time left is shown once it is known to within a factor of two."""

from tqdm import tqdm

from foundation.time_left import describe_time_left


class PaintingBar(tqdm):
    """A tqdm bar of a run's finished part. tqdm's own estimate takes the slow first steps for the speed of all."""

    def __init__(self, **options):
        super().__init__(total=1, bar_format="{percentage:3.0f}% |{bar}| {elapsed}{postfix}", delay=1, **options)

    def show_progress(self, progress):
        """Show an nst.Progress."""
        self.show(progress.done, progress.seconds_left)

    def show(self, done, seconds_left):
        """Show the finished part, 0 to 1, and the seconds left, None if they are not known."""
        self.set_postfix_str(describe_time_left(seconds_left), refresh=False)
        self.update(done - self.n)
