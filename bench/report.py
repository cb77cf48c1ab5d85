"""The table of the contenders, and the figures that have a target."""

import statistics

from targets import TARGETS


def median(readings, key):
    """The middle of what a contender's repetitions read."""
    return statistics.median(key(reading) for reading in readings)


def get_cpu(reading):
    """Seconds of CPU: Python's, and PostgreSQL's where it can be read."""
    return reading["python_cpu"] + (reading["postgres_cpu"] or 0.0)


def print_table(title, rows):
    """A line per contender.

    :param rows: (name, count, readings) triples.
    """
    print(f"\n{title}")
    print(
        f"{'':26}{'n':>6}{'reps':>5}{'inv/s':>8}{'inv/cpu-s':>10}{'ms cpu':>8}"
        f"{'python':>8}{'postgres':>9}{'SQL/inv':>9}{'MB':>6}"
    )
    for name, count, readings in rows:
        postgres = readings[0]["postgres_cpu"]
        per_invoice = {
            key: median(readings, lambda r, key=key: r[key] or 0.0) / count
            for key in ("wall", "python_cpu", "postgres_cpu", "queries")
        }
        cpu = median(readings, get_cpu) / count
        shown = "-" if postgres is None else f"{per_invoice['postgres_cpu'] * 1000:.1f}"
        print(
            f"{name:26}{count:>6}{len(readings):>5}{1 / per_invoice['wall']:>8.1f}"
            f"{1 / cpu:>10.1f}{cpu * 1000:>8.1f}"
            f"{per_invoice['python_cpu'] * 1000:>8.1f}{shown:>9}"
            f"{per_invoice['queries']:>9.2f}{get_memory(readings):>6.0f}",
            flush=True,
        )


def print_lanes(runs, count):
    """A line per number of lanes; the seconds until the last lane was done.

    :param dict runs: by number of lanes, for each repetition the lanes' readings.
    :rtype: list[float]
    """
    print("\nSeveral lanes")
    walls = []
    for lanes, repetitions in runs.items():
        wall = median(repetitions, lambda run: max(r["wall"] for r in run))
        cpu = median(repetitions, lambda run: sum(map(get_cpu, run)))
        queries = median(repetitions, lambda run: sum(r["queries"] for r in run))
        walls.append(wall)
        cost = f"{cpu / count * 1000:.1f} ms cpu and {queries / count:.2f} SQL"
        print(f"{lanes} at once: {count / wall:.1f} inv/s, {cost} each", flush=True)
    return walls


def print_documents(rows):
    """A line per sender; the seconds a document takes, by the clock.

    :param rows: (name, count, readings) triples.
    :rtype: list[float]
    """
    print("\nDocuments made and sent")
    walls = []
    for name, count, readings in rows:
        wall = median(readings, lambda r: r["wall"]) / count
        queries = median(readings, lambda r: r["queries"]) / count
        walls.append(wall)
        print(
            f"{name:26}{count:>6}{len(readings):>5}{1 / wall:>8.1f} a second, "
            f"{wall * 1000:.0f} ms and {queries:.0f} SQL each",
            flush=True,
        )
    return walls


def get_memory(readings):
    """Highest peak of the repetitions above the idle process, in MB."""
    return max(reading["memory_mb"] for reading in readings)


def judge(figures, *, partly=False):
    """Print each target's line.

    :param dict figures: values by the names of the targets.
    :param bool partly: leave the targets out that were not measured.
    :return: whether all are met.
    """
    print()
    targets = [t for t in TARGETS if not partly or t.name in figures]
    for target in targets:
        print(target.tell(figures.get(target.name)))
    return all(target.is_met(figures.get(target.name)) for target in targets)
