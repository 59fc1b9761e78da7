"""Execute a notebook in a fresh kernel, cell by cell, showing how far it is."""

from copy import deepcopy

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

LONGEST_WAIT = 1800  # seconds for one cell: VGG-19's real size on two cores trains for minutes


class CellFailed(RuntimeError):
    """A cell raised, hung or killed the kernel; `notebook` is executed as far as it went."""

    def __init__(self, number, reason, notebook):
        super().__init__(f"cell {number}: {reason}")
        self.notebook = notebook


def execute(notebook, folder, *, title, environment):
    """Return an executed copy of `notebook`, run in `folder` with the given environment variables.

    A bar headed `title` counts the code cells on standard error. Raises CellFailed at the first failing cell.
    """
    notebook = deepcopy(notebook)
    at = 0

    def begin(cell, cell_index):
        nonlocal at
        at = cell_index + 1

    with tqdm(total=sum(cell.cell_type == "code" for cell in notebook.cells), desc=title, unit="cell") as bar:
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=LONGEST_WAIT,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=begin,
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise CellFailed(at, f"{error.ename}: {error.evalue}", notebook) from None
        except CellTimeoutError:
            raise CellFailed(at, f"not done after {LONGEST_WAIT} seconds", notebook) from None
        except DeadKernelError:
            raise CellFailed(at, "the kernel died (was there enough memory?)", notebook) from None
    return notebook
