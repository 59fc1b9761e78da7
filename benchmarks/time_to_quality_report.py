"""What the runs of time_to_quality show: tables of speed ratios, and a plot of style gain over content error.

A run is {"ended": how, "seconds": [...], "style_gain": [...], "content_error": [...]}, an entry per scored picture.
"""

import math
import statistics
from itertools import cycle

import matplotlib.pyplot as plt

SHARES = (1.0, 0.9)
COLORS, MARKERS = (*(f"C{number}" for number in range(10)), "black"), "osD^vP*X<>h"
CONTENT_WEIGHT = ", content weight "  # in the name of a run of ours that has another one than the default


def seconds_to_reach(run, style_gain, content_error):
    """The first seconds at which a run has that style gain at a content error no larger; None if never."""
    points = zip(run["seconds"], run["style_gain"], run["content_error"], strict=True)
    return next(
        (seconds for seconds, style, content in points if style >= style_gain and content <= content_error), None
    )


def choose_content_weight(runs, ours, content_error):
    """The run of ours with the smallest content weight whose last picture has a content error no larger.

    If none has, the run with the largest content weight. ours: the name of the run with the default content weight.
    """
    variants = sort_variants(runs, ours)
    near = (run for run in variants if run["seconds"] and run["content_error"][-1] <= content_error)
    return next(near, variants[-1])


def sort_variants(runs, ours):
    """The runs of one network of ours, the smallest content weight first, in whatever order they were run."""
    names = [name for name in runs if _label(name) == ours]
    return [runs[name] for name in sorted(names, key=lambda name: float(name.partition(CONTENT_WEIGHT)[2] or 1))]


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
    """A row for each published method.

    Each is {"method", "ended": the reasons for which its runs ended, "style_gain" and "content_error": medians of its
    last pictures, NaN without any, and "ours": for each network of ours and each share, "1.0" and "0.9", the dict of
    `compare_seconds`}.
    """
    names = list(dict.fromkeys(name for runs in pairs.values() for name in runs))
    all_ours = [name for name in names if name.startswith("ours")]
    networks = [name for name in all_ours if CONTENT_WEIGHT not in name]
    rows = []
    for method in names:
        if method in all_ours:
            continue
        of_method = [runs[method] for runs in pairs.values() if method in runs]
        rows.append(
            {
                "method": method,
                "ended": sorted({run["ended"] for run in of_method}),
                "style_gain": _median_of_last(of_method, "style_gain"),
                "content_error": _median_of_last(of_method, "content_error"),
                "ours": {
                    ours: {str(share): compare_seconds(pairs, method, ours, share) for share in SHARES}
                    for ours in networks
                },
            }
        )
    return rows


def _median_of_last(runs, figure):
    return statistics.median([run[figure][-1] for run in runs if run["seconds"]] or [math.nan])


def as_markdown(rows, share):
    """The summary as a table: seconds of both to that share of a method's final style, and times as fast.

    Seconds are medians over pairs; times as fast are the median and the worst. Without two runs to compare there is no
    table.
    """
    networks = list(rows[0]["ours"]) if rows else []
    if not networks:
        return "Nothing to compare: ours with the default content weight, and another method, have to run."
    lines = [
        f"| method | ended by | pairs | style gain at content error | seconds | {' | '.join(networks)} |",
        f"| {' | '.join(['---'] * (5 + len(networks)))} |",
    ]
    for row in rows:
        compared = [of_network[str(share)] for of_network in row["ours"].values()]
        cells = [
            row["method"],
            ", ".join(row["ended"]),
            str(len(compared[0])),
            f"{row['style_gain']:.2f} at {row['content_error']:.2f}",
            f"{statistics.median(its for its, _ in compared[0].values()):.0f}" if compared[0] else "no gain to reach",
            *map(_ours, compared),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _ours(compared):
    """Our median seconds, and the median and worst of how many times as fast that is.

    A pair in which ours never reaches the goal counts as infinitely long. A tiny picture of a test may reach its goal
    in no measurable time: it counts as infinitely fast.
    """
    if not compared:
        return ""
    times = [0.0 if ours is None else its / ours if ours else math.inf for its, ours in compared.values()]
    missed = times.count(0.0)
    worst = f"not reached in {missed}" if missed else f"worst {min(times):.1f}"
    if 2 * missed >= len(times):
        return worst
    seconds = statistics.median(math.inf if ours is None else ours for _, ours in compared.values())
    return f"{seconds:.1f}: {statistics.median(times):.1f} times as fast ({worst})"


def plot(pairs, path):
    """A line for each run through content error and style gain, a plot for each pair; a marker for the last picture.

    Runs of ours with other content weights have no line of their own: a dashed line joins the last pictures of all
    content weights.
    """
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    width = max(4.6 * columns, 10)  # room for the legend
    figure, axes = plt.subplots(rows, columns, figsize=(width, 3.8 * rows), squeeze=False)
    names = list(dict.fromkeys(_label(name) for runs in pairs.values() for name in runs))
    styles = {
        name: {"color": color, "marker": marker} for name, color, marker in zip(names, cycle(COLORS), cycle(MARKERS))
    }
    for axis, (pair, runs) in zip(axes.flat, pairs.items(), strict=False):
        for name, style in styles.items():
            _plot_method(axis, [run for run in sort_variants(runs, name) if run["seconds"]], name, style)
        axis.set(title=pair, xlabel="content error, relative", ylabel="style gain", ylim=(0, 1))
        axis.grid(alpha=0.3)
    for axis in axes.flat[len(pairs) :]:
        axis.set_visible(False)
    legend = {label: line for axis in axes.flat for line, label in zip(*axis.get_legend_handles_labels(), strict=True)}
    figure.legend(legend.values(), legend.keys(), loc="outside lower center", ncols=4)
    figure.set_layout_engine("constrained")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _plot_method(axis, variants, label, style):
    """The line of the first variant, with the default content weight, and the last pictures of all of them."""
    if not variants:
        return
    first, linewidth = variants[0], 2 if label.startswith("ours") else 1
    axis.plot(first["content_error"], first["style_gain"], color=style["color"], linewidth=linewidth, alpha=0.6)
    last = [(run["content_error"][-1], run["style_gain"][-1]) for run in variants]
    axis.plot(*zip(*last, strict=True), linestyle="--", linewidth=1, label=label, **style)


def _label(name):
    return name.split(CONTENT_WEIGHT)[0]
