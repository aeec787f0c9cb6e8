#!/usr/bin/env python3
"""Draws pairs of revisions from real histories and holds `protogov breaking` against `buf breaking`, finding by finding.

    agreement.py CORPORA                  CORPORA holds INDEX.txt, history/NAME.bundle and deps/NAME
    agreement.py CORPORA --pairs 10       pairs drawn from each history besides old..new (default: 6)
    agreement.py CORPORA --seed 7         other pairs
    agreement.py CORPORA --only kudu      one history
    agreement.py CORPORA --binary F       another protogov than target/release/protogov
    agreement.py --trees OLD NEW          two directories instead of the histories

Each pair is laid out as modules, files that buf cannot build are taken away on both sides, and both programs get the same
configuration: every rule of v2, then of v1 and v1beta1, with `ignore`, `ignore_only` and `ignore_unstable_packages`. What
differs is printed. Exits with 1 if anything does.
"""

import argparse
import collections
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUF = "buf"

CATEGORIES = {"v2": "FILE, PACKAGE, WIRE_JSON, WIRE, CSR", "v1": "FILE, PACKAGE, WIRE_JSON, WIRE", "v1beta1": "FILE, PACKAGE, WIRE_JSON, WIRE"}
KEYS = ("path", "start_line", "start_column", "end_line", "end_column", "type")


def git(directory, *arguments):
    return subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True, text=True).stdout


def corpora(directory):
    """Name, places of the directories, dependencies of each history."""
    for line in (directory / "INDEX.txt").read_text().splitlines():
        name, *words = line.split()
        values = dict(word.split("=", 1) for word in words if "=" in word)
        roots = [root.split("=") for root in values["roots"].split(",")]
        yield name, roots, [name for name in values["deps"].split(",") if name]


def lay_out(clone, revision, roots, to):
    """Puts the contracts of a revision where they are imported from."""
    checkout = pathlib.Path(tempfile.mkdtemp(dir=to.parent))
    archive = subprocess.run(["git", "archive", revision], cwd=clone, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", checkout], input=archive, check=True)
    for source, place in roots:
        for file in sorted((checkout / source).rglob("*.proto")):
            if not file.is_file():
                continue
            target = to / place / file.relative_to(checkout / source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    shutil.rmtree(checkout)


def run(program, directory, new="new", old="../old"):
    command = [program, "breaking", "--against", old, "--exclude-imports", "--error-format", "json"]
    done = subprocess.run(command, cwd=directory / new, capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            return done, None
        found.append(tuple(value.get(key) if key in ("path", "type") else value.get(key, 1) for key in KEYS))
    return done, found


def prune(directory, side):
    """Takes files that buf cannot build away on both sides until the side builds."""
    for _ in range(40):
        done = subprocess.run([BUF, "build", "--error-format", "json"], cwd=directory / side, capture_output=True, text=True)
        if done.returncode == 0:
            return True
        named = set()
        for line in (done.stdout + done.stderr).splitlines():
            try:
                named.add(json.loads(line)["path"])
            except (ValueError, KeyError):
                if " is contained in multiple modules" in line:
                    named.add("*" + line.split(":")[-1])
        removed = False
        for path in named:
            for other in ("old", "new"):
                file = directory / other / path
                if file.is_file():
                    file.unlink()
                    removed = True
        if not removed:
            print("  buf does not build:", (done.stdout + done.stderr)[:300].replace("\n", " | "))
            return False
    return False


def modules(directory, side, roots):
    names = sorted({place.split("/")[0] for _, place in roots})
    return [name for name in names if any((directory / side / name).rglob("*.proto"))]


def configure(directory, version, own, imported, extra):
    """Writes the configuration of both sides."""
    breaking = f"  use: [{CATEGORIES[version]}]\n" + extra.get("breaking", "")
    for side in ("old", "new"):
        for stale in list((directory / side).rglob("buf.yaml")) + list((directory / side).rglob("buf.work.yaml")):
            stale.unlink()
        if version == "v2":
            text = f"version: v2\nbreaking:\n{breaking}modules:\n"
            for module in own:
                text += f"  - path: {module}\n"
            for module in imported:
                text += f"  - path: {module}\n    breaking:\n      use: [FILE]\n      ignore: [{module}]\n"
            (directory / side / "buf.yaml").write_text(text)
        else:
            workspace = "version: v1\ndirectories:\n"
            for module in [*own, *imported]:
                workspace += f"  - {module}\n"
                text = f"version: {version}\nbreaking:\n{breaking}"
                if module in imported:
                    text = f"version: {version}\nbreaking:\n  use: [FILE]\n  ignore: [\".\"]\n"
                    text = text.replace('["."]', "[" + ", ".join(tops(directory / side / module)) + "]")
                (directory / side / module / "buf.yaml").write_text(text)
            (directory / side / "buf.work.yaml").write_text(workspace)


def tops(directory):
    return sorted(entry.name for entry in directory.iterdir() if entry.name != "buf.yaml")


def difference(own, theirs):
    left = collections.Counter(own)
    left.subtract(theirs)
    return [(("only ours" if count > 0 else "only buf's"), place) for place, count in sorted(left.items(), key=str) if count]


class Tally:
    def __init__(self, binary):
        self.binary = binary
        self.findings = self.runs = self.wrong = self.failed = 0

    def compare(self, what, directory):
        theirs_done, theirs = run(BUF, directory)
        own_done, own = run(self.binary, directory)
        if theirs_done.returncode not in (0, 100) or theirs is None or any(place[-1] == "COMPILE" for place in theirs):
            print(f"{what}: buf fails: {(theirs_done.stdout + theirs_done.stderr)[:300]!r}")
            self.failed += 1
            return
        if own is None or own_done.returncode not in (0, 1):
            print(f"{what}: we fail: {(own_done.stdout + own_done.stderr)[:300]!r}")
            self.wrong += 1
            return
        found = difference(own, theirs)
        self.runs += 1
        self.findings += len(theirs)
        self.wrong += len(found)
        print(f"{what}: {len(theirs)} findings of buf, {len(found)} differences", flush=True)
        for whose, place in found[:20]:
            print("   ", whose, *place)


def variations(draw, directory, own):
    """Configurations beyond the plain one, as (name, version, extra lines)."""
    files = [file for module in own for file in sorted((directory / "new" / module).rglob("*.proto"))]
    chosen = draw.sample(files, min(3, len(files)))
    in_workspace = [str(file.relative_to(directory / "new")) for file in chosen]
    folders = [str(pathlib.PurePath(path).parent) for path in in_workspace[:1]]
    rules = draw.sample(["FIELD_NO_DELETE", "FILE_NO_DELETE", "FIELD_SAME_TYPE", "MESSAGE_NO_DELETE", "WIRE_JSON", "ENUM_VALUE_NO_DELETE"], 2)
    only = "".join(f"    {rule}: [{', '.join(in_workspace)}]\n" for rule in rules)
    yield "plain", "v2", {}
    yield "ignore", "v2", {"breaking": f"  ignore: [{', '.join(in_workspace[1:] + folders)}]\n"}
    yield "ignore_only", "v2", {"breaking": f"  ignore_only:\n{only}"}
    yield "unstable", "v2", {"breaking": "  ignore_unstable_packages: true\n"}
    yield "plain", "v1", {}
    yield "unstable", "v1", {"breaking": "  ignore_unstable_packages: true\n"}
    yield "plain", "v1beta1", {}


def histories(arguments, tally):
    draw = random.Random(arguments.seed)
    for name, roots, dependencies in corpora(arguments.corpora):
        if arguments.only and name not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            clone = pathlib.Path(scratch) / "clone"
            bundle = arguments.corpora / "history" / f"{name}.bundle"
            subprocess.run(["git", "clone", "--quiet", "-b", "main", bundle, clone], check=True)
            commits = git(clone, "rev-list", "--reverse", "HEAD").split()
            pairs = [("old", "new")]
            for _ in range(arguments.pairs):
                first = draw.randrange(len(commits) - 1)
                far = draw.choice([1, 5, 25, 100, len(commits)])
                pairs.append((commits[first], commits[min(first + draw.randint(1, far), len(commits) - 1)]))
            for old, new in pairs:
                directory = pathlib.Path(tempfile.mkdtemp(dir=scratch))
                for side, revision in (("old", old), ("new", new)):
                    (directory / side).mkdir()
                    lay_out(clone, revision, roots, directory / side)
                    for dependency in dependencies:
                        shutil.copytree(arguments.corpora / "deps" / dependency, directory / side / "deps" / dependency)
                own = [module for module in modules(directory, "new", roots) if module in modules(directory, "old", roots)]
                imported = [f"deps/{dependency}" for dependency in dependencies]
                if not own:
                    continue
                configure(directory, "v2", own, imported, {})
                if not (prune(directory, "old") and prune(directory, "new") and prune(directory, "old")):
                    tally.failed += 1
                    continue
                own = [module for module in modules(directory, "new", roots) if module in modules(directory, "old", roots)]
                if not own:
                    continue
                for what, version, extra in variations(draw, directory, own):
                    configure(directory, version, own, imported, extra)
                    tally.compare(f"{name} {old[:10]}..{new[:10]} {version} {what}", directory)
                shutil.rmtree(directory)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpora", type=lambda path: pathlib.Path(path).resolve(), nargs="?")
    arguments.add_argument("--pairs", type=int, default=6)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", nargs="*")
    arguments.add_argument("--trees", nargs=2, type=lambda path: pathlib.Path(path).resolve())
    arguments.add_argument("--binary", default=str(HERE.parent / "target/release/protogov"))
    arguments = arguments.parse_args()
    tally = Tally(arguments.binary)
    if arguments.trees:
        with tempfile.TemporaryDirectory() as scratch:
            directory = pathlib.Path(scratch)
            for side, tree in zip(("old", "new"), arguments.trees):
                shutil.copytree(tree, directory / side / "m0")
            for version in CATEGORIES:
                configure(directory, version, ["m0"], [], {})
                tally.compare(f"trees {version}", directory)
    else:
        histories(arguments, tally)
    print(f"{tally.runs} runs, {tally.findings} findings of buf, {tally.wrong} differences, {tally.failed} that buf does not build")
    sys.exit(tally.wrong > 0)


main()
