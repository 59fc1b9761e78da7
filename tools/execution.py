"""Execute a notebook in a new kernel, with a progress bar over its cells."""

from copy import deepcopy

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

# Cells take from milliseconds to minutes: the time left cannot be known from those that have run.
BAR = "{desc}: {n_fmt} of {total_fmt} cells |{bar}| {elapsed}"
CELL_TIMEOUT = 1800  # seconds; with VGG-19 on two cores a cell takes minutes


class CellFailed(RuntimeError):
    """A cell raised an error, ran too long or ended the kernel; `notebook` has the outputs up to that cell."""

    def __init__(self, number, reason, notebook):
        super().__init__(f"cell {number}: {reason}")
        self.notebook = notebook


def execute(notebook, folder, *, title, environment):
    """Return an executed copy of `notebook`, run in `folder` with the given environment variables.

    A bar headed `title` counts the code cells on standard error. Raises CellFailed at the first failing cell.
    """
    notebook = deepcopy(notebook)
    number = 0

    def remember_number(cell, cell_index):
        nonlocal number
        number = cell_index + 1

    with tqdm(total=sum(cell.cell_type == "code" for cell in notebook.cells), desc=title, bar_format=BAR) as bar:
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_TIMEOUT,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=remember_number,
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise CellFailed(number, f"{error.ename}: {error.evalue}", notebook) from None
        except CellTimeoutError:
            raise CellFailed(number, f"not finished after {CELL_TIMEOUT} seconds", notebook) from None
        except DeadKernelError:
            raise CellFailed(number, "the kernel died (was there enough memory?)", notebook) from None
    return notebook
