#!/usr/bin/env python3
"""Scaffolds services of public contracts and compiles them all: each must compile without a warning, or be refused for
a reason that a person has to read and agree with.

    benches/services.py --protogov target/debug/protogov --corpus DIR[=ROOT,…[+DEPENDENCY,…]] … --work DIR [--count 300]
    benches/services.py --protogov target/debug/protogov --only FILE --work DIR

A corpus is a directory with the import roots of its contracts below it, and directories that only imports come from.
Of each directory that holds services one file is taken, with a fixed seed; all crates share a cargo workspace, so what
they depend on is built once. Prints a line for each that is refused or fails, and the sums.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

SERVICE = re.compile(rb"^[ \t]*service[ \t\r\n]+\w+[ \t\r\n]*\{", re.MULTILINE)


class Corpus:
    """A directory, its import roots, and roots that only imports come from."""

    def __init__(self, text):
        text, _, dependencies = text.partition("+")
        directory, _, roots = text.partition("=")
        self.directory = pathlib.Path(directory)
        self.roots = [self.directory / root for root in (roots or ".").split(",")]
        self.dependencies = [pathlib.Path(it) for it in dependencies.split(",") if it]

    def files(self):
        """One file with a service of each directory, as (root, file)."""
        chosen = {}
        for root in self.roots:
            for file in sorted(root.rglob("*.proto")):
                if SERVICE.search(file.read_bytes()):
                    chosen.setdefault(file.parent, []).append((root, file))
        draw = random.Random(self.directory.name)
        return [draw.choice(files) for _, files in sorted(chosen.items())]


def drawn(corpora):
    """Files of the corpora in turn, so that a small corpus is taken whole and the largest fills the rest."""
    per_corpus = [[(corpus, root, file) for root, file in corpus.files()] for corpus in corpora]
    for files in per_corpus:
        random.Random(1).shuffle(files)
    return [files[turn] for turn in range(max(map(len, per_corpus))) for files in per_corpus if turn < len(files)]


def scaffold(arguments, corpus, file, name):
    command = [arguments.protogov, "scaffold", name, "--proto", file, "--out", arguments.work / "crates" / name]
    for root in corpus.roots + corpus.dependencies:
        command += ["-I", root]
    command += ["--with", arguments.features, "--store", arguments.store]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr


def check(arguments):
    """What cargo says of each crate: the first error, or the first warning."""
    manifest = '[workspace]\nresolver = "3"\nmembers = ["crates/*"]\n[profile.dev]\ndebug = 0\n'
    (arguments.work / "Cargo.toml").write_text(manifest)
    command = ["cargo", arguments.check, "--keep-going", "--message-format", "json", "--lib", "--bins", "--test", "it"]
    said = {}
    with subprocess.Popen(command, cwd=arguments.work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as cargo:
        noise = []
        import threading

        reader = threading.Thread(target=lambda: noise.extend(cargo.stderr))
        reader.start()
        for line in cargo.stdout:
            message = json.loads(line)
            if message["reason"] != "compiler-message" or message["message"]["level"] not in ("error", "warning"):
                continue
            crate = pathlib.Path(message["manifest_path"]).parent.name
            said.setdefault(crate, message["message"]["rendered"])
        reader.join()
    # A build script that fails is told in words only.
    words = "".join(noise)
    for crate in re.findall(r"custom build command for `(\S+) v", words):
        place = words.index(f"custom build command for `{crate} v")
        said.setdefault(crate, words[place : place + 3000])
    return said, cargo.returncode, words[-3000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protogov", type=pathlib.Path, required=True)
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--only", type=pathlib.Path, help="a file with lines `FILE ROOT,…`: these, and no draw")
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--skip", type=int, default=0, help="take the next ones of the same draw")
    parser.add_argument("--features", default="minimal")
    parser.add_argument("--store", default="memory")
    parser.add_argument("--check", default="check", choices=["check", "clippy"])
    parser.add_argument("--dry", action="store_true", help="scaffold, and compile nothing")
    arguments = parser.parse_args()
    arguments.protogov = arguments.protogov.resolve()
    arguments.work = arguments.work.resolve()

    if arguments.only:
        lines = [line.split() for line in arguments.only.read_text().splitlines()]
        turns = [(Corpus(f"/={roots}"), None, pathlib.Path(file)) for file, roots in lines]
    else:
        turns = drawn([Corpus(text) for text in arguments.corpus])
    shutil.rmtree(arguments.work / "crates", ignore_errors=True)
    (arguments.work / "crates").mkdir(parents=True)

    names = {}
    refused = collections.Counter()
    for number, (corpus, root, file) in enumerate(turns[arguments.skip : arguments.skip + arguments.count]):
        name = f"s{number + arguments.skip}-{re.sub('[^a-z0-9]+', '-', file.stem.lower()).strip('-')}"
        code, text = scaffold(arguments, corpus, file, name)
        if code == 0:
            names[name] = file
            continue
        refused["panicked" if code not in (1, 2) else "refused"] += 1
        shutil.rmtree(arguments.work / "crates" / name, ignore_errors=True)
        print(f"-- refused {file}\n{text.strip()}\n", flush=True)
    print(f"{len(names)} scaffolded, {dict(refused)}", flush=True)
    if arguments.dry:
        return 0

    said, code, words = check(arguments)
    for crate, text in sorted(said.items()):
        print(f"-- failed {crate} {names.get(crate)}\n{text.strip()}\n")
    if code != 0 and not said:
        print(words)
    print(f"{len(names) - len(said)} compiled without a warning, {len(said)} did not, {dict(refused)}")
    return 1 if said or code else 0


if __name__ == "__main__":
    sys.exit(main())
