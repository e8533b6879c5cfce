#!/usr/bin/env python3
"""Counts the instructions of a check by callgrind, which unlike time is the same on a busy machine.

    python3 benches/instructions.py            compares with benches/instructions.json and fails where more is taken
    python3 benches/instructions.py --update   writes what is counted now

What is counted is the development build as CI makes it (`CARGO_INCREMENTAL=0`), over seeded tenants, one thread. Hash seeds make
runs differ by a part in a thousand; other compilers make more of a difference, so that their counts are not compared;
new rules do as well, which is what `--update` is for.
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
BIN = HOME / "target" / "debug"
KNOWN = HOME / "benches" / "instructions.json"
# How much more is a regression.
DRIFT = 0.10
TENANTS = {
    "start": ("--users", 8, "--roles", 8, "--groups", 8, "--queues", 8),
    "guide": ("--users", 2000, "--roles", 100),
    # Where all is one line, what looks for line ends shows.
    "compact": ("--compact", "--users", 2000, "--roles", 100),
    "platform": ("--form", "platform", "--users", 1000, "--roles", 100),
    "cx-as-code": ("--form", "cx-as-code", "--users", 1000, "--roles", 100),
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
    packages = ["--package", "rolecall", "--package", "rolecall-bench"]
    subprocess.run(["cargo", "build", "--locked", "--quiet", *packages], cwd=HOME, check=True)
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        counted = {name: count(name, Path(folder)) for name in TENANTS}
    if "--update" in sys.argv[1:]:
        KNOWN.write_text(json.dumps({"compiler": compiler, "instructions": counted}, indent=2) + "\n")
    known = json.loads(KNOWN.read_text())
    worse = []
    for name, now in counted.items():
        change = now / known["instructions"][name] - 1
        print(f"{name:10} {now:>14,} {change:+.1%}")
        if change > DRIFT:
            worse.append(name)
    if known["compiler"] != compiler:
        return print(f"not compared: known of {known['compiler']}, counted of {compiler}")
    if worse:
        sys.exit(f"more than {DRIFT:.0%} was added to: {', '.join(worse)}. Where that is meant: "
                 "python3 benches/instructions.py --update")


if __name__ == "__main__":
    main()
