#!/usr/bin/env python3
"""Applies every fix to every finding of real contracts, and judges the result with protoc.

    benches/fixes.py PROTOGOV CORPORA CLONES [NAME ...]

CORPORA holds `INDEX.txt` and `deps`, CLONES a checkout per name and one of `googleapis`. For each it prints the findings fixed, the files changed, and what
must be 0: files that protoc took before and does not take after, comments that are gone, and runs that ended as a bug. What changes in
descriptors is verified by protogov itself before it writes; here protoc says that the names and numbers of all fields are
where they were. protoc is the one of `grpcio-tools`.
"""

import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

CATEGORIES = ["STANDARD", "COMMENTS", "UNARY_RPC", "STRICT", "VERSIONING", "DOCS", "SAFETY", "HINTS"]
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|//[^\n]*|/\*.*?\*/', re.S)


def comments(path):
    text = path.read_bytes().decode("latin-1")
    found = (match.group().strip() for match in TOKEN.finditer(text))
    return collections.Counter(one for one in found if one.startswith("/"))


def compiled(top, roots, files):
    """The files that protoc takes, with their descriptors."""
    taken = {}
    arguments = [f"-I{top / root}" for root in roots]
    out = top / "out.binpb"
    # All at once is much faster; one by one only where that fails.
    for batch in [files] if len(files) > 1 else []:
        if run_protoc(arguments, out, batch):
            return read(out)
    for file in files:
        if run_protoc(arguments, out, [file]):
            taken.update(read(out))
    return taken


def run_protoc(arguments, out, files):
    command = [sys.executable, "-m", "grpc_tools.protoc", *arguments, f"-o{out}", *files]
    return subprocess.run(command, capture_output=True).returncode == 0


def read(out):
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    return {file.name: file for file in descriptors.file}


def shape(file):
    """Numbers and types of all fields, by the position of their messages: what no fix may touch."""
    def message(one):
        fields = sorted((f.number, f.type, f.label) for f in one.field)
        return fields, [message(inner) for inner in one.nested_type], [enum(inner) for inner in one.enum_type]

    def enum(one):
        return [value.number for value in one.value]

    return (
        [message(one) for one in file.message_type],
        [enum(one) for one in file.enum_type],
        [(f.number, f.type) for f in file.extension],
        [len(service.method) for service in file.service],
    )


def main():
    protogov, corpora, clones, *names = sys.argv[1:]
    corpora, clones = pathlib.Path(corpora), pathlib.Path(clones)
    failed = False
    large = "googleapis - roots=.=m0"
    for line in [*(corpora / "INDEX.txt").read_text().splitlines(), large]:
        name, _, *pairs = line.split()
        if names and name not in names:
            continue
        facts = dict(pair.split("=", 1) for pair in pairs)
        with tempfile.TemporaryDirectory() as directory:
            top = pathlib.Path(directory)
            roots = []
            for pair in facts["roots"].split(","):
                source, target = pair.split("=")
                if not (clones / name / source).is_dir():
                    continue
                shutil.copytree(clones / name / source, top / target, dirs_exist_ok=True,
                                ignore=shutil.ignore_patterns(".git"))
                roots.append(target.split("/")[0])
            roots = sorted(set(roots))
            deps = [one for one in facts.get("deps", "").split(",") if one]
            for one in deps:
                shutil.copytree(corpora / "deps" / one, top / "deps" / one)
            configuration = "".join(f'[[modules]]\nroot = "{root}"\n' for root in roots)
            imports = ", ".join(f'"deps/{one}"' for one in deps)
            quoted = ", ".join(f'"{one}"' for one in CATEGORIES)
            (top / "protogov.toml").write_text(
                f"import_roots = [{imports}]\n{configuration}[lint]\nuse = [{quoted}]\n")
            everything = [*roots, *(f"deps/{one}" for one in deps)]
            files = {str(path.relative_to(top / root)): path
                     for root in roots for path in sorted((top / root).rglob("*.proto"))}
            before = compiled(top, everything, list(files))
            spoken = {file: comments(path) for file, path in files.items()}
            texts = {file: path.read_bytes() for file, path in files.items()}
            ran = subprocess.run([protogov, "lint", "--fix", "--unsafe-fixes", "--format", "concise"],
                                 cwd=top, capture_output=True, text=True)
            bug = ran.returncode == 2
            fixed = re.search(r"fixed (\d+) finding", ran.stderr)
            withheld = len(re.findall(r"not fixed \(", ran.stderr))
            changed = [file for file, path in files.items() if path.read_bytes() != texts[file]]
            after = compiled(top, everything, list(files))
            broken = [file for file in before if file in files and file not in after]
            moved = [file for file in before if file in after and shape(before[file]) != shape(after[file])]
            lost = [file for file, path in files.items()
                    if any("protogov:" not in one for one in spoken[file] - comments(path))]
            again = subprocess.run([protogov, "lint", "--diff", "--unsafe-fixes"], cwd=top, capture_output=True, text=True)
            print(f"{name}: {len(files)} files, {len(before)} compile; fixed {fixed.group(1) if fixed else 0} in {len(changed)} files, "
                  f"withheld {withheld}; broken {len(broken)}, moved {len(moved)}, comments lost in {len(lost)}, bug {int(bug)}, "
                  f"left over {int(again.returncode != 0)}", flush=True)
            if bug:
                print(ran.stderr[-2000:])
            for kind, found in (("broken", broken), ("moved", moved), ("lost", lost)):
                for file in found[:3]:
                    print(f"  {kind}: {file}")
            failed |= bool(bug or broken or moved or lost or again.returncode)
    sys.exit(failed)


if __name__ == "__main__":
    main()
