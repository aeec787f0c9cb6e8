#!/usr/bin/env python3
"""Runs the NestJS service and the generated one in turn and prints what they need, and the ratios.

    compare.py --crate DIR [--rounds 3] [--seconds 6] [--out results/FILE.json]

DIR is the rendered crate, built with `cargo build --release --bin shipment --example load --example store`.
Each server is pinned to the first processor and the load generator to the second. Figures are the median of
the rounds. On a machine that does other work too, compare the ratios and not the figures.
"""

import argparse
import json
import os
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

# What is measured: a name, and the arguments of the load generator.
RUNS = {
    "update_rate": ["update", "--rate", "834"],
    "update_max": ["update", "--callers", "64"],
    "get_max": ["get", "--callers", "64"],
    "bulk": ["bulk", "--streams", "8", "--shipments", "10000"],
    "fan_out": ["stream", "--rate", "834", "--readers", "20"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crate", type=Path, required=True)
    parser.add_argument("--target", type=Path, help="target directory of the crate")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    target = (options.target or options.crate / "target") / "release"
    sides = {
        "nest memory": lambda _: (["node", str(HERE / "dist/main.js")], {"LISTEN": f"127.0.0.1:{PORT}"}),
        "tonic memory": lambda _: ([str(target / "shipment")], tonic("memory", "")),
        "nest sqlite": lambda path: (
            ["node", str(HERE / "dist/main.js")],
            {"LISTEN": f"127.0.0.1:{PORT}", "SQLITE": f"{path}/nest.db"},
        ),
        "tonic sqlite": lambda path: ([str(target / "shipment")], tonic("sqlite", f"{path}/shipment.db")),
    }
    found = {side: {} for side in sides}
    for number in range(options.rounds):
        for side, command in sides.items():
            for name, value in measure(command, target / "examples/load", options.seconds).items():
                found[side].setdefault(name, []).append(value)
            print(f"round {number + 1}: {side} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        stores = store(target / "examples/store", options.seconds)
        for name, value in stores.items():
            found.setdefault("store", {}).setdefault(name, []).append(value)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1))
    table(found)


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
            figures["idle.memory"] = memory(server.pid)
            for name, arguments in RUNS.items():
                run = ["taskset", "-c", "1", str(load), *arguments, "--seconds", str(seconds), "--json"]
                run += ["--target", f"http://127.0.0.1:{PORT}", "--pid", str(server.pid)]
                done = subprocess.run(run, capture_output=True, text=True, timeout=seconds + 120)
                if done.returncode != 0:
                    print(f"{name}: {done.stderr.strip()}", file=sys.stderr)
                    continue
                for figure, value in json.loads(done.stdout).items():
                    if isinstance(value, (int, float)):
                        figures[f"{name}.{figure}"] = value
        finally:
            server.kill()
            server.wait()
    return figures


def store(program: Path, seconds: int) -> dict:
    """The store of the generated service alone."""
    if not program.exists():
        return {}
    figures = {}
    for callers in (1, 1024):
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run(
                [program, f"{directory}/store.db", str(callers), str(seconds)], capture_output=True, text=True, check=True
            )
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


def memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def table(found: dict) -> None:
    def of(side: str, figure: str):
        values = found.get(side, {}).get(figure)
        return statistics.median(values) if values else None

    # Title, figure, baseline, ours, whether less is better, and the bar.
    rows = [
        ("UpdateStatus at 834/s, p50 ms", "update_rate.p50", "nest memory", "tonic memory", True, ""),
        ("UpdateStatus at 834/s, p95 ms", "update_rate.p95", "nest memory", "tonic memory", True, "≥ 5"),
        ("UpdateStatus at 834/s, p99 ms", "update_rate.p99", "nest memory", "tonic memory", True, "≥ 10"),
        ("  durable against memory, p99 ms", "update_rate.p99", "nest memory", "tonic sqlite", True, "≥ 3"),
        ("  durable against durable, p99 ms", "update_rate.p99", "nest sqlite", "tonic sqlite", True, "≥ 10"),
        ("processor at 834/s", "update_rate.processor", "nest memory", "tonic memory", True, ""),
        ("UpdateStatus, 64 callers, calls/s", "update_max.per_second", "nest memory", "tonic memory", False, "≥ 5"),
        ("GetShipment, 64 callers, calls/s", "get_max.per_second", "nest memory", "tonic memory", False, "≥ 5.5"),
        ("  durable UpdateStatus, calls/s", "update_max.per_second", "nest sqlite", "tonic sqlite", False, "≥ 10"),
        ("processor µs a call", "update_max.microseconds_each", "nest memory", "tonic memory", True, "≥ 5"),
        ("  durable against memory", "update_max.microseconds_each", "nest memory", "tonic sqlite", True, "≥ 3.5"),
        ("BulkIngest, 8 streams, events/s", "bulk.per_second", "nest memory", "tonic memory", False, ""),
        ("  durable", "bulk.per_second", "nest sqlite", "tonic sqlite", False, "50,000/s"),
        ("20 readers at 834/s, p99 ms", "fan_out.p99", "nest memory", "tonic memory", True, "≥ 20"),
        ("processor µs a delivery", "fan_out.microseconds_each", "nest memory", "tonic memory", True, "≥ 3"),
        ("memory after updates at full speed, bytes", "update_max.memory", "nest memory", "tonic memory", True, "≥ 5"),
        ("start, ms", "start.ms", "nest memory", "tonic memory", True, "≥ 8"),
    ]
    print("| figure | NestJS | generated | ratio | bar |\n|---|---:|---:|---:|---|")
    for title, figure, theirs, ours, less, bar in rows:
        theirs, ours = of(theirs, figure), of(ours, figure)
        if theirs and ours:
            ratio = theirs / ours if less else ours / theirs
            print(f"| {title} | {theirs:,.2f} | {ours:,.2f} | {ratio:.1f} | {bar} |")
    one, many = of("store", "callers_1"), of("store", "callers_1024")
    if one and many:
        print(f"| store alone, durable updates/s: 1 and 1,024 waiting | {one:,.0f} | {many:,.0f} | {many / one:.1f} | 80,000/s, ≥ 100 |")


if __name__ == "__main__":
    if not shutil.which("taskset"):
        sys.exit("`taskset` is needed to give each side a processor of its own")
    main()
