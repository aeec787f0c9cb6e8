#!/usr/bin/env python3
"""Measures `protogov build` against protoc and buf, and `protogov lint` against buf, on one tree in one run; prints tables.

    peers.py TREE                   TREE is a directory of .proto files and their import root
    peers.py TREE --rounds 5        the best of five rounds, everything taking turns (default: 3)
    peers.py TREE --tools DIR       where protoc and buf are fetched to, unless they are there already
    peers.py TREE --binary FILE     another protogov than target/release/protogov
    peers.py TREE --anchor FILE     a yardstick that is built already

The yardstick F (anchor.rs) is one pass that opens, reads and hashes every byte of the tree's .proto files with as many
threads as protogov uses: no run that looks at every byte can be faster. protoc is grpcio-tools from PyPI, buf is @bufbuild/buf from
npm. All of them read a copy of the tree beside the sets they write, which should not be on a slow disk. Both linters run buf's
STANDARD, COMMENTS and UNARY_RPC by one buf.yaml and print JSON.
"""

import argparse
import datetime
import os
import pathlib
import platform
import shutil
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


def anchor(tree, built):
    """F in seconds."""
    command = [str(built)] if built else ["cargo", "bench", "--quiet", "--bench", "anchor", "--"]
    return float(subprocess.run([*command, str(tree)], cwd=HERE.parent, capture_output=True, check=True).stdout.split()[0])


def machine():
    model = platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} CPUs, {model}, {platform.system()}"


RULES = """version: v2
lint:
  use: [STANDARD, COMMENTS, UNARY_RPC]
"""

FOUND = {"protogov": (0, 1), "buf": (0, 100)}


def table(title, best, ours, best_anchor):
    """Prints one table, in which peers are compared with the row `ours`."""
    ours_wall, ours_cpu, _ = best[ours]
    print(f"\n| {title} | wall | of F | CPU | peak memory | wall against protogov | CPU against protogov |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, (wall, cpu, memory) in best.items():
        is_peer = not name.startswith("protogov")
        against = f"{wall / ours_wall:.1f}× | {cpu / ours_cpu:.1f}×" if is_peer else " | "
        print(f"| {name} | {wall:.3f} s | {wall / best_anchor:.1f} | {cpu:.3f} s | {memory:,.0f} MB | {against} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "protogov-tools"
    parser.add_argument("--tools", type=pathlib.Path, default=cache)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "release" / "protogov")
    parser.add_argument("--anchor", type=pathlib.Path)
    arguments = parser.parse_args()
    protoc, buf = fetch(arguments.tools)
    if not arguments.binary.exists():
        subprocess.run(["cargo", "build", "--release"], cwd=HERE.parent, check=True)
    binary = str(arguments.binary.resolve())
    built_anchor = arguments.anchor and arguments.anchor.resolve()

    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch) / "tree"
        shutil.copytree(arguments.tree.resolve(), tree, ignore=shutil.ignore_patterns(".git"))
        (tree / "buf.yaml").write_text(RULES)
        files = sorted(str(path.relative_to(tree)) for path in tree.rglob("*.proto"))
        size = sum((tree / file).stat().st_size for file in files)
        names = pathlib.Path(scratch) / "files"
        names.write_text("".join(f"{file}\n" for file in files))
        os.environ["PROTOGOV_CACHE_DIR"] = f"{scratch}/cache"
        whole = ["--include-imports", "--include-source-info", "-o", f"{scratch}/protogov.binpb"]
        lint = [binary, "lint", "--format", "json", "."]
        builds = {
            "protogov, checked only": [binary, "build", "."],
            "protogov, set with source info": [binary, "build", ".", *whole],
            "protoc, set with source info": [
                *protoc, "-I.", "--include_imports", "--include_source_info", f"-o{scratch}/protoc.binpb", f"@{names}",
            ],
            "buf, set with source info": [*buf, "build", ".", "-o", f"{scratch}/buf.binpb"],
        }
        lints = {
            "protogov, everything anew": [*lint, "--no-cache"],
            "protogov, nothing changed": lint,
            "buf": [*buf, "lint", "--error-format", "json", "."],
        }
        run(lint, tree, FOUND["protogov"])
        results = {}
        anchors = []
        for _ in range(arguments.rounds):
            anchors.append(anchor(tree, built_anchor))
            for name, command in {**builds, **lints}.items():
                found = FOUND[name.split(",")[0]] if name in lints else (0,)
                results.setdefault(name, []).append(run(command, tree, found))

    best_anchor = min(anchors)
    best = {name: tuple(min(column) for column in zip(*runs)) for name, runs in results.items()}
    print(f"{len(files):,} files, {size / 1e6:.1f} MB; {machine()}; {datetime.date.today()}; best of {arguments.rounds}")
    print(f"F, every byte opened, read and hashed: {best_anchor:.3f} s")
    table("build", {name: best[name] for name in builds}, "protogov, set with source info", best_anchor)
    table("lint", {name: best[name] for name in lints}, "protogov, everything anew", best_anchor)


if __name__ == "__main__":
    main()
