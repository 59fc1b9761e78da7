"""What the runs of time_to_quality show: a table of speed ratios, and a plot of style gain over content error.

A run is {"ended": how, "seconds": [...], "style_gain": [...], "content_error": [...]}, an entry per scored picture.
"""

import math
import statistics

import matplotlib.pyplot as plt

SHARES = (1.0, 0.9)
CONTENT_WEIGHT = ", content weight "  # in the name of a run of ours that has another one than the default


def seconds_to_reach(run, style_gain, content_error):
    """The first seconds at which a run has that style gain at a content error no larger; None if never."""
    points = zip(run["seconds"], run["style_gain"], run["content_error"], strict=True)
    return next(
        (seconds for seconds, style, content in points if style >= style_gain and content <= content_error), None
    )


def choose_content_weight(runs, ours, content_error):
    """The run of ours with the smallest content weight whose last picture has a content error no larger.

    If none has, the run with the largest content weight. ours: the name of the run with the default content weight,
    which is the smallest; the others follow in ascending order.
    """
    variants = [run for name, run in runs.items() if name == ours or name.startswith(ours + CONTENT_WEIGHT)]
    near = (run for run in variants if run["seconds"] and run["content_error"][-1] <= content_error)
    return next(near, variants[-1])


def compare_seconds(pairs, method, ours, share):
    """For each pair that both painted, the seconds of both to `share` of the method's final style gain.

    Ours has the content weight that `choose_content_weight` finds for the method's last picture. Returns
    {pair: (its seconds, our seconds)}. Ours are None where we never reach that gain at the method's content error. A
    pair in which the method gained no style, or finished no picture, is left out.
    """
    compared = {}
    for pair, runs in pairs.items():
        if method not in runs or ours not in runs:
            continue
        run = runs[method]
        goal = share * run["style_gain"][-1] if run["seconds"] else 0
        if goal > 0:
            first = next(index for index, gain in enumerate(run["style_gain"]) if gain >= goal)
            chosen = choose_content_weight(runs, ours, run["content_error"][-1])
            compared[pair] = run["seconds"][first], seconds_to_reach(chosen, goal, run["content_error"][first])
    return compared


def summarize(pairs):
    """A row for each published method and each of ours.

    Each is {"method", "ours", "ended": the reasons for which the method's runs ended, and for each share, "1.0" and
    "0.9", the dict of `compare_seconds`}.
    """
    names = list(dict.fromkeys(name for runs in pairs.values() for name in runs))
    all_ours = [name for name in names if name.startswith("ours")]
    our_names = [name for name in all_ours if CONTENT_WEIGHT not in name]
    return [
        {
            "method": method,
            "ours": ours,
            "ended": sorted({runs[method]["ended"] for runs in pairs.values() if method in runs}),
            **{str(share): compare_seconds(pairs, method, ours, share) for share in SHARES},
        }
        for method in names
        if method not in all_ours
        for ours in our_names
    ]


def as_markdown(rows):
    """The summary as a table: seconds, medians over pairs; times as fast, median and worst."""
    lines = [
        "| method | ended by | ours | pairs | seconds to its final style, its / ours | times as fast | to 0.9 of it | "
        "times as fast |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = [cell for share in SHARES for cell in (_seconds(row[str(share)]), _times_as_fast(row[str(share)]))]
        lines.append(
            f"| {row['method']} | {', '.join(row['ended'])} | {row['ours']} | {len(row['1.0'])} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def _seconds(compared):
    """Medians of both; a pair in which ours never reaches the goal counts as infinitely long."""
    if not compared:
        return ""
    its, ours = zip(*compared.values(), strict=True)
    median = statistics.median(math.inf if seconds is None else seconds for seconds in ours)
    return f"{statistics.median(its):.0f} / {'not reached' if median == math.inf else f'{median:.1f}'}"


def _times_as_fast(compared):
    """Median and worst of how many times as fast ours is; a pair in which it never reaches the goal is the worst.

    A tiny picture of a test may reach its goal in no measurable time: it counts as infinitely fast.
    """
    if not compared:
        return "no gain to reach"
    times = [0.0 if ours is None else its / ours if ours else math.inf for its, ours in compared.values()]
    median, missed = statistics.median(times) if statistics.median_low(times) else 0.0, times.count(0.0)
    worst = f"not reached in {missed}" if missed else f"{min(times):.1f}"
    return f"{median:.1f} ({worst})" if median else f"not reached in {missed} of {len(compared)}"


def plot(pairs, path):
    """A line for each run through content error and style gain, a plot for each pair; a marker for the last picture.

    Runs of ours with other content weights have the color and marker of the default, and thinner lines.
    """
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    width = max(4.6 * columns, 10)  # room for the legend
    figure, axes = plt.subplots(rows, columns, figsize=(width, 3.8 * rows), squeeze=False)
    names = list(dict.fromkeys(_label(name) for runs in pairs.values() for name in runs))
    markers = dict(zip(names, "osD^vP*X<>", strict=False))
    colors = {name: f"C{number}" for number, name in enumerate(names)}
    for axis, (pair, runs) in zip(axes.flat, pairs.items(), strict=False):
        for name, run in runs.items():
            if not run["seconds"]:
                continue
            content_error, style_gain = run["content_error"], run["style_gain"]
            label = _label(name)
            color, linewidth = colors[label], 2 if name.startswith("ours") and name == label else 1
            axis.plot(content_error, style_gain, color=color, linewidth=linewidth, alpha=0.8)
            axis.plot(content_error[-1], style_gain[-1], markers[label], color=color, label=label)
        axis.set(title=pair, xlabel="content error, relative", ylabel="style gain", ylim=(0, 1))
        axis.grid(alpha=0.3)
    for axis in axes.flat[len(pairs) :]:
        axis.set_visible(False)
    legend = {label: line for axis in axes.flat for line, label in zip(*axis.get_legend_handles_labels(), strict=True)}
    figure.legend(legend.values(), legend.keys(), loc="outside lower center", ncols=4)
    figure.set_layout_engine("constrained")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _label(name):
    return name.split(CONTENT_WEIGHT)[0]
