#!/usr/bin/env python3
"""Measures `protogov build` against protoc and buf on one tree, in one run, and prints a table.

    peers.py TREE                   TREE is a directory of .proto files and their import root
    peers.py TREE --rounds 5        the best of five rounds, everything taking turns (default: 3)
    peers.py TREE --tools DIR       where protoc and buf are fetched to, unless they are there already
    peers.py TREE --binary FILE     another protogov than target/release/protogov

The yardstick F (anchor.rs) is one pass that opens, reads and hashes every byte of the tree's .proto files with as many
threads as protogov uses: no run that looks at every byte can be faster. protoc is grpcio-tools from PyPI, buf is @bufbuild/buf from
npm. Everything writes its set to the same directory, which should not be on a slow disk.
"""

import argparse
import datetime
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
PROTOC = "grpcio-tools==1.85.1"
BUF = "@bufbuild/buf@1.75.0"


def fetch(tools):
    """The commands of protoc and buf."""
    tools.mkdir(parents=True, exist_ok=True)
    python = tools / "python" / "bin" / "python3"
    is_there = python.exists() and not subprocess.run([python, "-c", "import grpc_tools"], capture_output=True).returncode
    if not is_there:
        venv.create(tools / "python", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PROTOC], check=True)
    buf = tools / "npm" / "node_modules" / ".bin" / "buf"
    if not buf.exists():
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", tools / "npm", BUF], check=True)
    return [str(python), "-m", "grpc_tools.protoc"], [str(buf)]


def run(command, directory, accepts=(0,)):
    """Runs a command; gives wall time and CPU time in seconds, and peak memory in megabytes."""
    start = time.monotonic()
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(command, cwd=directory, stdout=nowhere, stderr=subprocess.PIPE)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in accepts:
        sys.exit(f"{command[0]} failed:\n{complaint.decode(errors='replace')[:2000]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def anchor(tree):
    """F in seconds."""
    command = ["cargo", "bench", "--quiet", "--bench", "anchor", "--", str(tree)]
    return float(subprocess.run(command, cwd=HERE.parent, capture_output=True, check=True).stdout.split()[0])


def machine():
    model = platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} CPUs, {model}, {platform.system()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "protogov-tools"
    parser.add_argument("--tools", type=pathlib.Path, default=cache)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "release" / "protogov")
    arguments = parser.parse_args()
    protoc, buf = fetch(arguments.tools)
    if not arguments.binary.exists():
        subprocess.run(["cargo", "build", "--release"], cwd=HERE.parent, check=True)
    binary = str(arguments.binary.resolve())
    tree = arguments.tree.resolve()
    files = sorted(str(path.relative_to(tree)) for path in tree.rglob("*.proto"))
    size = sum((tree / file).stat().st_size for file in files)

    with tempfile.TemporaryDirectory() as scratch:
        names = pathlib.Path(scratch) / "files"
        names.write_text("".join(f"{file}\n" for file in files))
        whole = ["--include-imports", "--include-source-info", "-o", f"{scratch}/protogov.binpb"]
        commands = {
            "protogov build, checked only": [binary, "build", "--isolated", "."],
            "protogov build, set with source info": [binary, "build", "--isolated", ".", *whole],
            "protoc, set with source info": [
                *protoc, "-I.", "--include_imports", "--include_source_info", f"-o{scratch}/protoc.binpb", f"@{names}",
            ],
            "buf build, set with source info": [*buf, "build", ".", "-o", f"{scratch}/buf.binpb"],
        }
        results = {name: [] for name in commands}
        anchors = []
        for _ in range(arguments.rounds):
            anchors.append(anchor(tree))
            for name, command in commands.items():
                results[name].append(run(command, tree))

    best_anchor = min(anchors)
    best = {name: tuple(min(column) for column in zip(*runs)) for name, runs in results.items()}
    ours_wall, ours_cpu, _ = best["protogov build, set with source info"]
    print(f"{len(files):,} files, {size / 1e6:.1f} MB; {machine()}; {datetime.date.today()}; best of {arguments.rounds}")
    print(f"F, every byte opened, read and hashed: {best_anchor:.3f} s\n")
    print("| | wall | of F | CPU | peak memory | wall against protogov | CPU against protogov |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, (wall, cpu, memory) in best.items():
        is_peer = not name.startswith("protogov")
        against = f"{wall / ours_wall:.1f}× | {cpu / ours_cpu:.1f}×" if is_peer else " | "
        print(f"| {name} | {wall:.3f} s | {wall / best_anchor:.1f} | {cpu:.3f} s | {memory:,.0f} MB | {against} |")


if __name__ == "__main__":
    main()
