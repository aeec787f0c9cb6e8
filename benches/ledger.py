#!/usr/bin/env python3
"""Measures `protogov history` on a made-up history as long as the longest public one: 6,300 commits, 58,000 versions of files.

    ledger.py BUNDLE                BUNDLE is a git bundle or repository whose newest tag gives the first versions of the files
    ledger.py BUNDLE --rounds 5     the best of five rounds (default: 3)
    ledger.py BUNDLE --binary F     another protogov than target/release/protogov
    ledger.py BUNDLE --commits N    another length

Each commit changes some nine files: most get a field more in their first message, some lose it again. The first run reads
everything; the second has what the first kept under the git directory.
"""

import argparse
import datetime
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

from peers import HERE, machine, run

FIRST_MESSAGE = re.compile(rb"^message (\w+) \{", re.MULTILINE)
CHANGED = 9.2
STRIDE = 40


def git(directory, *arguments):
    return subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True).stdout


def versions(source, commits, out, draw):
    """Writes a stream for `git fast-import`; gives the number of versions."""
    tag = git(source, "tag", "--sort=creatordate").split()[-1].decode()
    names = [name for name in git(source, "ls-tree", "-r", "--name-only", tag).decode().splitlines() if name.endswith(".proto")]
    texts = {}
    for name in names[:: max(1, len(names) // 3000)]:
        texts[name] = git(source, "show", f"{tag}:{name}")
    files = sorted(texts)
    added = {name: [] for name in files}
    count = 0
    for commit in range(commits):
        changed = files if commit == 0 else draw.sample(files, int(CHANGED) + (draw.random() < CHANGED % 1))
        message = f"commit {commit}".encode()
        head = f"commit refs/heads/main\ncommitter Bench <bench@example.org> {1_500_000_000 + commit * 3600} +0000\ndata {len(message)}\n"
        out.write(head.encode() + message + b"\n")
        for name in changed:
            if commit:
                if added[name] and draw.random() < 0.2:
                    added[name].pop(0)
                else:
                    added[name].append(f"\n  string added_{commit} = {20_000 + commit};".encode())
            body = b"".join(added[name])
            text, replaced = FIRST_MESSAGE.subn(lambda found: found.group(0) + body, texts[name], count=1)
            if not replaced:
                text += f"// version {commit}\n".encode()
            out.write(f"M 100644 inline {name}\ndata {len(text)}\n".encode() + text + b"\n")
            count += 1
        if commit % 500 == 499:
            out.write(f"reset refs/tags/v{commit // 500}.0.0\nfrom refs/heads/main\n\n".encode())
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commits", type=int, default=6300)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "release" / "protogov")
    arguments = parser.parse_args()
    binary = str(arguments.binary.resolve())
    with tempfile.TemporaryDirectory() as scratch:
        source, made = pathlib.Path(scratch) / "source", pathlib.Path(scratch) / "made"
        subprocess.run(["git", "clone", "--quiet", "--bare", str(arguments.bundle.resolve()), str(source)], check=True)
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(made)], check=True)
        importing = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=made, stdin=subprocess.PIPE)
        count = versions(source, arguments.commits, importing.stdin, random.Random(1))
        importing.stdin.close()
        if importing.wait():
            raise SystemExit("git fast-import fails")
        print(f"{machine()}; {datetime.date.today()}; load {os.getloadavg()[0]:.1f}; best of {arguments.rounds}")
        print(f"\n{arguments.commits:,} commits, {count:,} versions of files\n\n| | wall | CPU | peak memory |\n|---|--:|--:|--:|")
        command = [binary, "history", "--format", "json", "no.such.Message"]
        first, again = [], []
        for _ in range(arguments.rounds):
            shutil.rmtree(made / "protogov", ignore_errors=True)
            first.append(run(command, made, accepts=(0, 1, 2)))
            again.append(run(command, made, accepts=(0, 1, 2)))
        for what, runs in (("first time", first), ("again", again)):
            wall, cpu, memory = (min(column) for column in zip(*runs))
            print(f"| {what} | {wall:.2f} s | {cpu:.2f} s | {memory:,.0f} MB |")


if __name__ == "__main__":
    main()
