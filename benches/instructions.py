#!/usr/bin/env python3
"""Counts the instructions of a check by callgrind, which unlike time is the same on a busy machine.

    python3 benches/instructions.py            compares with benches/instructions.json and fails where more is taken
    python3 benches/instructions.py --update   writes what is counted now

What is counted is a release build over seeded tenants, one thread. Hash seeds make runs differ by a part in a
thousand; other compilers and new rules make more of a difference, which is what `--update` is for.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
BIN = HOME / "target" / "release"
KNOWN = HOME / "benches" / "instructions.json"
# How much more is a regression.
DRIFT = 0.10
TENANTS = {
    "start": ("--users", 8, "--roles", 8, "--groups", 8, "--queues", 8),
    "guide": ("--users", 8000, "--roles", 200),
    "platform": ("--form", "platform", "--users", 4000, "--roles", 200),
}


def count(name, folder):
    tenant, report, trace = folder / name, folder / "report", folder / "trace"
    subprocess.run([BIN / "generate", tenant, *map(str, TENANTS[name])], check=True)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={trace}", BIN / "rolecall", "check", tenant]
    done = subprocess.run(
        [*command, "--quiet", "--fail-on", "never", "--output", report],
        env={**os.environ, "RAYON_NUM_THREADS": "1"}, cwd=folder, capture_output=True, text=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"callgrind did not run: {done.stderr[-2000:]}")
    return int(found[1])


def main():
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing: apt-get install valgrind")
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--package", "rolecall", "--package",
                    "rolecall-bench"], cwd=HOME, check=True)
    with tempfile.TemporaryDirectory() as folder:
        counted = {name: count(name, Path(folder)) for name in TENANTS}
    if "--update" in sys.argv[1:]:
        KNOWN.write_text(json.dumps(counted, indent=2) + "\n")
    if not KNOWN.exists():
        sys.exit(f"nothing to compare with yet: {counted}; --update writes it")
    known = json.loads(KNOWN.read_text())
    worse = []
    for name, now in counted.items():
        change = now / known[name] - 1
        print(f"{name}: {now:,} instructions, {change:+.1%}")
        if change > DRIFT:
            worse.append(name)
    if worse:
        sys.exit(f"more than {DRIFT:.0%} slower: {', '.join(worse)}. Where that is meant: "
                 "python3 benches/instructions.py --update")


if __name__ == "__main__":
    main()
