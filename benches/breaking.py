#!/usr/bin/env python3
"""Measures `protogov breaking` against `buf breaking` on a repository of three revisions, in one run, and prints tables.

    breaking.py BUNDLE              BUNDLE is a git bundle or repository whose newest two tags are compared
    breaking.py BUNDLE --rounds 5   the best of five rounds, everything taking turns (default: 3)
    breaking.py BUNDLE --plot FILE  draws how the cost grows with the tree as SVG
    breaking.py BUNDLE --tools DIR  where buf is fetched to, unless it is there already
    breaking.py BUNDLE --binary F   another protogov than target/release/protogov
    breaking.py BUNDLE --no-buf     only protogov

Each run is a process of its own. Three questions are asked: what a change of five files costs on the whole tree; what the two newest
revisions cost; and what five changed files cost when the tree around them grows.
"""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from peers import BUF, HERE, machine, run

CHANGED = 5
SIZES = [500, 1000, 2000, 4000, 7000]
IMPORT = re.compile(rb'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"', re.MULTILINE)
FIELD = re.compile(r"^(\s+)string (\w+) = (\d+)(;|\s*\[)", re.MULTILINE)


def git(directory, *arguments):
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True).stdout


def fetch_buf(tools):
    buf = tools / "npm" / "node_modules" / ".bin" / "buf"
    if not buf.exists():
        found = shutil.which("buf")
        if found:
            return [found]
        tools.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", tools / "npm", BUF]
        subprocess.run(command, check=True)
    return [str(buf)]


def protos(tree):
    return sorted(str(path.relative_to(tree)) for path in tree.rglob("*.proto"))


def change(tree, files):
    """Makes a string field a number in each of the first files that have one; gives their names."""
    changed = []
    for file in files:
        text = (tree / file).read_text()
        new = FIELD.sub(r"\1int64 \2 = \3\4", text, count=1)
        if new != text:
            (tree / file).write_text(new)
            changed.append(file)
        if len(changed) == CHANGED:
            return changed
    sys.exit(f"{tree} has fewer than {CHANGED} files to change")


def closed(tree, files, size):
    """The first files by name, each with all that it imports, until there are `size`."""
    chosen = set()

    def take(file):
        open_files = [file]
        while open_files:
            file = open_files.pop()
            if file not in chosen and (tree / file).exists():
                chosen.add(file)
                open_files += [name.decode() for name in IMPORT.findall((tree / file).read_bytes())]

    for file in files:
        if len(chosen) >= size:
            break
        take(file)
    return sorted(chosen)


def best(runs):
    return tuple(min(column) for column in zip(*runs))


def race(commands, directory, rounds):
    """The best wall time, CPU time and memory of each command."""
    results = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(run(command, directory, accepts=(0, 1, 100)))
    return {name: best(runs) for name, runs in results.items()}


def table(title, results):
    print(f"\n{title}\n\n| | wall | CPU | peak memory |\n|---|--:|--:|--:|")
    for name, (wall, cpu, memory) in results.items():
        print(f"| {name} | {wall:.3f} s | {cpu:.3f} s | {memory:,.0f} MB |")
    names = list(results)
    if len(names) == 2:
        ours, theirs = results[names[0]], results[names[1]]
        wall, cpu, memory = (their / our for our, their in zip(ours, theirs))
        print(f"| buf against protogov | {wall:.0f}× | {cpu:.0f}× | {memory:.1f}× |")


def grow(tree, binary, rounds, scratch):
    """Wall time of five changed files in trees of growing size."""
    files = protos(tree)
    points = []
    for size in SIZES:
        part = pathlib.Path(scratch) / f"tree-{size}"
        chosen = closed(tree, files, size)
        for file in chosen:
            (part / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree / file, part / file)
        git(part, "init", "--quiet", "--initial-branch", "main")
        git(part, "add", "--all")
        git(part, "commit", "--quiet", "--message", "all")
        change(part, chosen)
        command = [binary, "breaking", "--isolated", "--against", "main", "--tip", "--format", "concise"]
        wall, cpu, memory = race({"protogov": command}, part, rounds)["protogov"]
        points.append((len(chosen), wall, cpu, memory))
        shutil.rmtree(part)
    return points


def plot(points, file):
    """Draws wall time over the number of files, with the line of a cost that grows as the tree does."""
    width, height, left, bottom = 640, 360, 70, 50
    most_files = max(count for count, *_ in points)
    first_files, first_wall = points[0][0], points[0][1]
    linear = first_wall * most_files / first_files
    most = max(linear, max(wall for _, wall, *_ in points)) * 1.1

    def at(files, wall):
        x = left + files / most_files * (width - left - 30)
        y = height - bottom - wall / most * (height - bottom - 40)
        return f"{x:.1f},{y:.1f}"

    line = " ".join(at(count, wall) for count, wall, *_ in points)
    texts = []
    for count, wall, *_ in points:
        x, y = at(count, wall).split(",")
        texts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#1f6feb"/>')
        texts.append(f'<text x="{x}" y="{float(y) - 10:.1f}" text-anchor="middle">{wall * 1000:.0f} ms</text>')
        texts.append(f'<text x="{x}" y="{height - bottom + 18}" text-anchor="middle">{count:,}</text>')
    origin, right, top = at(0, 0), at(most_files, 0), at(0, most / 1.1)
    middle = left + (width - left) / 2
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<rect width="{width}" height="{height}" fill="white"/>
<text x="{left}" y="22" font-size="14">protogov breaking, five changed files, cold process</text>
<polyline points="{top} {origin} {right}" fill="none" stroke="#666"/>
<polyline points="{at(first_files, first_wall)} {at(most_files, linear)}" fill="none" stroke="#bbb" stroke-dasharray="6 4"/>
<text x="{width - 30}" y="{float(at(most_files, linear).split(',')[1]) - 6:.1f}" text-anchor="end" fill="#888">as the tree grows</text>
<polyline points="{line}" fill="none" stroke="#1f6feb" stroke-width="2"/>
{chr(10).join(texts)}
<text x="{middle}" y="{height - 10}" text-anchor="middle">files in the tree</text>
</svg>
"""
    pathlib.Path(file).write_text(svg)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=pathlib.Path)
    parser.add_argument("--no-buf", action="store_true")
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "protogov-tools"
    parser.add_argument("--tools", type=pathlib.Path, default=cache)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "release" / "protogov")
    arguments = parser.parse_args()
    if not arguments.binary.exists():
        subprocess.run(["cargo", "build", "--release"], cwd=HERE.parent, check=True)
    binary = str(arguments.binary.resolve())
    buf = None if arguments.no_buf else fetch_buf(arguments.tools)

    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch) / "repository"
        git(scratch, "clone", "--quiet", "--no-checkout", str(arguments.bundle.resolve()), str(tree))
        older, newest = git(tree, "tag", "--sort=creatordate").split()[-2:]
        git(tree, "checkout", "--quiet", "--force", newest)
        files = protos(tree)
        print(f"{machine()}; {datetime.date.today()}; load {os.getloadavg()[0]:.1f}; best of {arguments.rounds}")

        def commands(revision):
            ours = [binary, "breaking", "--isolated", "--against", revision, "--tip", "--format", "concise"]
            race_of = {"protogov breaking": ours}
            if buf:
                race_of["buf breaking"] = [*buf, "breaking", ".", "--against", f".git#tag={revision}"]
            return race_of

        table(f"{older} to {newest}", race(commands(older), tree, arguments.rounds))
        change(tree, files)
        title = f"{CHANGED} changed files among {len(files):,}"
        table(title, race(commands(newest), tree, arguments.rounds))
        git(tree, "checkout", "--quiet", "--force", newest)

        points = grow(tree, binary, arguments.rounds, scratch)
        print(f"\n{CHANGED} changed files in trees that grow\n\n| files | wall | CPU | peak memory |\n|--:|--:|--:|--:|")
        for count, wall, cpu, memory in points:
            print(f"| {count:,} | {wall:.3f} s | {cpu:.3f} s | {memory:,.0f} MB |")
        if arguments.plot:
            plot(points, arguments.plot)


if __name__ == "__main__":
    main()
