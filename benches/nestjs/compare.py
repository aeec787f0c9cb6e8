#!/usr/bin/env python3
"""Runs the NestJS service and the generated one in turn and prints what each needs, and which bars are met.

    compare.py --crate DIR [--rounds 3] [--seconds 6] [--tests] [--figures FILE] [--keep FILE.json]

DIR is the rendered crate, built with `cargo build --release --bin shipment --example load --example store`.
Each server is pinned to the first processor and the load generator to the second. Figures are the median of
the rounds, with the least and the greatest in parentheses. `--tests` also runs the tests of the crate that show
what has no figure: crashes, replicas, Envoy, wrong input. `--keep` adds the rounds to those of earlier runs with the
same file, so that they can be spread over the quiet times of a machine. `--figures` writes the table to a file, with the day,
the machine and how to repeat it. On a machine that does other work too, only the ratios of processor
time mean anything.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORT = 50951
HTTP_PORT = 50952

# What is measured: a name, and the arguments of the load generator. What is to be done at a rate, and reading, come
# before writing at full speed, so that both sides answer with histories of the same length.
RUNS = {
    "update_rate": ["update", "--rate", "834"],
    "get_rate": ["get", "--rate", "834"],
    "fan_out": ["stream", "--rate", "834", "--readers", "20"],
    "get_max": ["get", "--callers", "64"],
    "update_max": ["update", "--callers", "64"],
    "bulk": ["bulk", "--streams", "8"],
}

NEST, NEST_SQLITE, OURS, OURS_SQLITE, STORE = "nest memory", "nest sqlite", "tonic memory", "tonic sqlite", "store"
RATE = "UpdateStatus at 834/s"

# Title, figure, baseline, ours, and by how much ours must be better; none where a figure has no bar. A figure of
# throughput is better when it is greater, any other one when it is less.
RATIOS = [
    (f"{RATE}, in memory: p50, ms", "update_rate.p50", NEST, OURS, None),
    (f"{RATE}, in memory: p95, ms", "update_rate.p95", NEST, OURS, 5),
    (f"{RATE}, in memory: p99, ms", "update_rate.p99", NEST, OURS, 10),
    (f"{RATE}, ours durable, NestJS in memory: p99, ms", "update_rate.p99", NEST, OURS_SQLITE, 3),
    (f"{RATE}, both durable: p99, ms", "update_rate.p99", NEST_SQLITE, OURS_SQLITE, 10),
    ("UpdateStatus, 64 callers, both durable: calls/s", "update_max.per_second", NEST_SQLITE, OURS_SQLITE, 10),
    ("UpdateStatus, 64 callers, in memory: calls/s", "update_max.per_second", NEST, OURS, 5),
    ("GetShipment, 64 callers, in memory: calls/s", "get_max.per_second", NEST, OURS, 5.5),
    ("GetShipment at 834/s, in memory: p99, ms", "get_rate.p99", NEST, OURS, None),
    ("processor time of an UpdateStatus, in memory, µs", "update_max.microseconds_each", NEST, OURS, 5),
    ("the same, ours durable, NestJS in memory, µs", "update_max.microseconds_each", NEST, OURS_SQLITE, 3.5),
    ("processor time of a GetShipment, in memory, µs", "get_max.microseconds_each", NEST, OURS, None),
    ("processor at 834 UpdateStatus/s, in memory, share", "update_rate.processor", NEST, OURS, None),
    ("BulkIngest, 8 streams, in memory: events/s", "bulk.per_second", NEST, OURS, None),
    ("BulkIngest, 8 streams, both durable: events/s", "bulk.per_second", NEST_SQLITE, OURS_SQLITE, None),
    ("20 readers at 834/s, in memory: p99, ms", "fan_out.p99", NEST, OURS, 20),
    ("processor time of a delivery, in memory, µs", "fan_out.microseconds_each", NEST, OURS, 3),
    ("memory under 834 UpdateStatus/s, MB", "update_rate.megabytes", NEST, OURS, 5),
    ("start until it listens, ms", "start.ms", NEST, OURS, 8),
]

# Title, side, figure, and what it must reach.
FLOORS = [
    ("BulkIngest, 8 streams, durable, server on one processor: events/s", OURS_SQLITE, "bulk.per_second", 50_000),
    ("store alone, 1,024 waiting: durable updates/s", STORE, "callers_1024", 80_000),
]

# What the crate's own tests show: title, the tests by their names, and what they hold.
TESTS = [
    ("kill -9 under load, 20 rounds, then `quick_check`", "crash::", "0 lost, 0 doubled or missing on the bus"),
    ("SIGTERM behind Envoy, two replicas", "proxy::no_call_fails", "0 failed calls"),
    ("kill -9 of one of two replicas behind Envoy", "proxy::no_idempotent", "0 idempotent calls failed"),
    ("two replicas across restarts of NATS and PostgreSQL", "replicas::a_stream", "0 lost, in order"),
    ("silent and slow clients, no files left, 10,000 calls given up or refused", "connections::", "never down, no leak"),
    ("random and damaged requests", "wrong_input::", "the right status"),
    ("10,000 cancelled streams", "stream_updates::ten_thousand", "no subscription left"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crate", type=Path, required=True)
    parser.add_argument("--target", type=Path, help="target directory of the crate")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    crate = options.crate.resolve()
    target = (options.target or crate / "target").resolve()
    loads = [os.getloadavg()[0]]
    found = measure_all(target / "release", options.rounds, options.seconds)
    loads.append(os.getloadavg()[0])
    if options.keep:
        if options.keep.exists():
            add(found, json.loads(options.keep.read_text()))
        options.keep.write_text(json.dumps(found, indent=1))
    lines = table(found)
    if options.tests:
        lines += tests(crate, target)
    lines.append(f"| hand-written lines without tests | | {hand_written(crate):,} | | | |")
    text = "\n".join(lines)
    print(text)
    if max(loads) > 1.5 + 1:
        print(f"the load of this machine was {loads[0]:.1f} at first and {loads[1]:.1f} at last: it is not quiet", file=sys.stderr)
    if options.figures:
        rounds = max(len(values) for figures in found.values() for values in figures.values())
        options.figures.write_text(page(text, rounds, options.seconds, loads))


def measure_all(release: Path, rounds: int, seconds: int) -> dict:
    nest = ["node", str(HERE / "dist/main.js")]
    ours = [str(release / "shipment")]
    listen = {"LISTEN": f"127.0.0.1:{PORT}"}
    sides = {
        NEST: lambda _: (nest, listen),
        OURS: lambda _: (ours, tonic("memory", "")),
        NEST_SQLITE: lambda path: (nest, {**listen, "SQLITE": f"{path}/nest.db"}),
        OURS_SQLITE: lambda path: (ours, tonic("sqlite", f"{path}/shipment.db")),
    }
    found = {}
    for number in range(rounds):
        for side, command in sides.items():
            for name, value in measure(command, release / "examples/load", seconds).items():
                found.setdefault(side, {}).setdefault(name, []).append(value)
            print(f"round {number + 1}: {side} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        for name, value in store(release / "examples/store", seconds).items():
            found.setdefault(STORE, {}).setdefault(name, []).append(value)
    return found


def add(found: dict, earlier: dict) -> None:
    for side, figures in earlier.items():
        for name, values in figures.items():
            found.setdefault(side, {}).setdefault(name, []).extend(values)


def tonic(kind: str, path: str) -> dict:
    return {
        "SHIPMENT__GRPC__LISTEN": f"127.0.0.1:{PORT}",
        "SHIPMENT__HTTP__LISTEN": f"127.0.0.1:{HTTP_PORT}",
        "SHIPMENT__STORE__KIND": kind,
        "SHIPMENT__STORE__PATH": path or "unused",
        "SHIPMENT__TRIAL": "false",
        "SHIPMENT__SHUTDOWN__DRAIN": "0s",
    }


def measure(command, load: Path, seconds: int) -> dict:
    """Runs one server through all runs. A figure of a run is called `run.figure`."""
    figures = {}
    with tempfile.TemporaryDirectory() as directory:
        arguments, environment = command(directory)
        started = time.monotonic()
        with open(f"{directory}/log", "wb") as log:
            server = subprocess.Popen(
                ["taskset", "-c", "0", *arguments],
                env={**os.environ, "NODE_ENV": "production", **environment},
                stdout=log,
                stderr=log,
                cwd=directory,
            )
        try:
            figures["start.ms"] = wait(started)
            figures["idle.megabytes"] = memory(server.pid) / 1e6
            for name, arguments in RUNS.items():
                settle(server.pid)
                run = ["taskset", "-c", "1", str(load), *arguments, "--seconds", str(seconds), "--json"]
                run += ["--target", f"http://127.0.0.1:{PORT}", "--pid", str(server.pid)]
                done = subprocess.run(run, capture_output=True, text=True, timeout=seconds + 240)
                if done.returncode != 0:
                    print(f"{name}: {done.stderr.strip()}", file=sys.stderr)
                    continue
                for figure, value in json.loads(done.stdout).items():
                    if isinstance(value, (int, float)):
                        figures[f"{name}.{figure}"] = value
                figures[f"{name}.megabytes"] = figures.get(f"{name}.memory", 0) / 1e6
                if figures.get(f"{name}.failed"):
                    print(f"{name}: {figures[f'{name}.failed']} failed", file=sys.stderr)
        finally:
            server.kill()
            server.wait()
    return figures


def store(program: Path, seconds: int) -> dict:
    """The store of the generated service alone."""
    figures = {}
    for callers in (1, 1024):
        with tempfile.TemporaryDirectory() as directory:
            run = [program, f"{directory}/store.db", str(callers), str(seconds)]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
            figures[f"callers_{callers}"] = float(done.stdout.split()[2])
    return figures


def wait(started: float) -> float:
    """Milliseconds from the start of the process until the port takes a connection."""
    while time.monotonic() - started < 60:
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
            return (time.monotonic() - started) * 1e3
        except OSError:
            time.sleep(0.001)
    raise SystemExit("the server did not start")


def settle(pid: int) -> None:
    """Waits until the server has worked off what the run before has left it."""

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    for _ in range(60):
        before = ticks()
        time.sleep(0.5)
        if ticks() - before <= 3:
            return


def memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def table(found: dict) -> list[str]:
    def of(side: str, figure: str) -> list[float]:
        return found.get(side, {}).get(figure, [])

    lines = ["| figure | NestJS | generated | ratio | bar | |", "|---|---:|---:|---:|---|---|"]
    for title, figure, baseline, side, bar in RATIOS:
        theirs, ours = of(baseline, figure), of(side, figure)
        if theirs and ours:
            one, other = statistics.median(theirs), statistics.median(ours)
            ratio = other / one if figure.endswith("per_second") else one / max(other, 1e-9)
            lines.append(row(title, spread(theirs), spread(ours), ratio, bar, f"≥ {bar}×"))
    for title, side, figure, bar in FLOORS:
        if ours := of(side, figure):
            reached = statistics.median(ours)
            verdict = "met" if reached >= bar else "missed"
            lines.append(f"| {title} | | {spread(ours)} | | ≥ {bar:,} | {verdict} |")
    one, many = of(STORE, "callers_1"), of(STORE, "callers_1024")
    if one and many:
        ratio = statistics.median(many) / statistics.median(one)
        lines.append(row("store alone: 1,024 waiting against one a commit, updates/s", spread(one), spread(many), ratio, 100, "≥ 100×"))
    return lines


def row(title: str, theirs: str, ours: str, ratio: float, bar, text: str) -> str:
    verdict = "" if bar is None else "met" if ratio >= bar else "missed"
    return f"| {title} | {theirs} | {ours} | {ratio:.1f}× | {'' if bar is None else text} | {verdict} |"


def spread(values: list[float]) -> str:
    def short(value: float) -> str:
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"

    middle = short(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({short(min(values))}–{short(max(values))})"


def tests(crate: Path, target: Path) -> list[str]:
    lines = []
    for title, name, bar in TESTS:
        run = ["cargo", "test", "--quiet", "--test", "it", "--", name]
        environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "SKIP_NO_TEST": "1"}
        done = subprocess.run(run, cwd=crate, env=environment, capture_output=True, text=True)
        passed = done.returncode == 0 and " 0 passed" not in done.stdout
        if not passed:
            print(done.stdout + done.stderr, file=sys.stderr)
        lines.append(f"| {title} | | test `{name}` | | {bar} | {'met' if passed else 'missed'} |")
    return lines


def hand_written(crate: Path) -> int:
    """Lines of the crate's own code that are not blank, not comments, not tests and not generated."""
    count = 0
    for path in sorted((crate / "src").rglob("*.rs")):
        text = path.read_text()
        if text.startswith("// @generated"):
            continue
        code = text.split("#[cfg(test)]\nmod tests")[0]
        count += sum(bool(line.strip()) and not line.strip().startswith("//") for line in code.splitlines())
    return count


def page(text: str, rounds: int, seconds: int, loads: list[float]) -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    versions = [subprocess.run([tool, "--version"], capture_output=True, text=True).stdout.split("\n")[0] for tool in ("rustc", "node")]
    return f"""# Figures

Measured on {datetime.date.today()}: {os.cpu_count()} processors ({model}), Linux {platform.release()}, {versions[0]}, node {versions[1]}. {rounds} rounds
by turns, {seconds} s a run, medians with the least and the greatest. The server had one processor, the load generator the
other. Load of the machine {loads[0]:.1f} at first, {loads[1]:.1f} at last.

{text}

Both services do the same work: the NestJS one is `benches/nestjs` of protogov, whose README says what it leaves out.
"in memory" keeps nothing; "durable" answers once SQLite has flushed the update to the disk. To repeat it:

```console
$ protogov scaffold shipment --out shipment
$ (cd shipment && cargo build --release --bin shipment --example load --example store)
$ cd protogov/benches/nestjs && npm ci && npm run build
$ ./compare.py --crate ../../../shipment --rounds {rounds} --seconds {seconds} --tests
```
"""


if __name__ == "__main__":
    if not shutil.which("taskset"):
        sys.exit("`taskset` is needed to give each side a processor of its own")
    main()
