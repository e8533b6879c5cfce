#!/usr/bin/env python3
"""Measures whole processes side by side and prints the tables of docs/performance.md.

    python3 benches/measure.py            every table
    python3 benches/measure.py reading worst   some of them
    python3 benches/measure.py --runs 3   quicker and rougher

Needs nothing but a release build, which it makes; the table of peers takes those that are installed: jq, msgspec and
duckdb for Python (of the interpreter that PEERS_PYTHON names), eslint, @eslint/json and @stoplight/spectral-cli (in the
folder that PEERS_NODE names, else ./node_modules). Each pair of programs runs in turn, so that whatever else the
machine does falls on both; medians are given, and ratios of medians. Data is made anew, from seeds, in a folder for
passing files (`--data DIR` keeps it).
"""

import argparse
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
BIN = HOME / "target" / "release"
ONE = {**os.environ, "RAYON_NUM_THREADS": "1", "NO_COLOR": "1"}
TWO = {**ONE, "RAYON_NUM_THREADS": "2"}


class Run:
    """What one process took: seconds by the clock, seconds of the processor, the most memory."""

    def __init__(self, command, env=ONE, folder=None):
        start = time.perf_counter()
        with open(os.devnull, "wb") as nothing:
            child = subprocess.Popen([str(word) for word in command], env=env, cwd=folder, stdout=nothing, stderr=nothing)
            _, status, usage = os.wait4(child.pid, 0)
        self.clock = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        self.busy = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * 1024
        if child.returncode not in (0, 1):
            sys.exit(f"{' '.join(map(str, command))} ended with {child.returncode}")


class Median:
    """The medians of several runs."""

    def __init__(self, runs):
        self.clock = statistics.median(run.clock for run in runs)
        self.busy = statistics.median(run.busy for run in runs)
        self.memory = max(run.memory for run in runs)


def in_turn(commands, runs):
    """Runs each command once, then each again, and so on. The first round only warms up."""
    taken = [[] for _ in commands]
    for turn in range(runs + 1):
        for command, own in zip(commands, taken):
            run = Run(*command) if isinstance(command, tuple) else Run(command)
            if turn:
                own.append(run)
    return [Median(own) for own in taken]


def table(title, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


class Bench:
    def __init__(self, data, runs):
        self.data, self.runs = data, runs

    def made(self, name, *options):
        """The folder of a made-up tenant."""
        folder = self.data / name
        if not folder.exists():
            subprocess.run([BIN / "generate", folder, *map(str, options)], check=True)
        return folder

    def check(self, folder, *options):
        report = self.data / "report"
        return [BIN / "rolecall", "check", folder, "--fail-on", "never", "--quiet", "--output", report, *options]

    def size(self, folder):
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    def reading(self):
        """A whole run against the bare pass, one thread."""
        many = ("--roles", 2000, "--groups", 400, "--queues", 400)
        tenants = {
            "guide, indented": self.made("guide", "--users", 290000, *many),
            "guide, compact": self.made("guide-compact", "--users", 290000, "--compact", *many),
            "platform, indented": self.made("platform", "--form", "platform", "--users", 100000, *many),
            "platform, compact": self.made("platform-compact", "--form", "platform", "--users", 100000, "--compact", *many),
            "CX as Code, indented": self.made("cx", "--form", "cx-as-code", "--users", 100000, *many),
        }
        rows = []
        for name, folder in tenants.items():
            bare, whole = in_turn([[BIN / "ignored", folder], self.check(folder)], self.runs)
            size = self.size(folder)
            rows.append((
                name, f"{size / 1e6:.0f}", f"{bare.clock:.3f}", f"{whole.clock:.3f}", f"{whole.clock / bare.clock:.2f}",
                f"{whole.busy / bare.busy:.2f}", f"{whole.memory / size:.2f}",
            ))
        head = ("tenant", "MB", "`IgnoredAny` s", "rolecall s", "÷", "÷ by processor time", "memory ÷ file")
        table("A whole run against a bare pass, one thread", head, rows)

    def growth(self):
        """Twice as many users take twice as long."""
        rows = []
        for users in (125_000, 250_000, 500_000, 1_000_000, 2_000_000):
            folder = self.made(f"users-{users}", "--users", users, "--roles", 2000, "--groups", 400, "--queues", 400)
            bare, whole = in_turn([[BIN / "ignored", folder], self.check(folder)], self.runs)
            size = self.size(folder)
            rows.append((
                f"{users:,}", f"{size / 1e6:.0f}", f"{bare.clock:.2f}", f"{whole.clock:.2f}",
                f"{whole.clock / bare.clock:.2f}", f"{whole.clock / users * 1e6:.2f}", f"{whole.memory / size:.2f}",
            ))
            if users > 1_000_000:
                shutil.rmtree(folder)
        head = ("users", "MB", "`IgnoredAny` s", "rolecall s", "÷", "µs a user", "memory ÷ file")
        table("Growth, one thread", head, rows)

    def threads(self):
        """Two threads on many small files, and what the machine gives to two processes."""
        folder = self.made("files", "--users", 500_000, "--roles", 2000, "--files", 2000)
        check = self.check(folder)
        beside = [str(word) for word in check]
        beside[beside.index("--output") + 1] += "-beside"
        pair = ["sh", "-c", f"{shlex.join(map(str, check))} & {shlex.join(beside)} & wait"]
        one, two, both = in_turn([(check, ONE), (check, TWO), (pair, ONE)], self.runs)
        row = (
            f"{self.size(folder) / 1e6:.0f}", f"{one.clock:.3f}", f"{two.clock:.3f}", f"{one.clock / two.clock:.2f}",
            f"{2 * one.clock / both.clock:.2f}",
        )
        head = ("MB", "one thread s", "two threads s", "times as fast", "two processes get as much done as one, times")
        table("2,000 files of users", head, [row])

    def small(self):
        """What starting costs, and what a hook takes on 40 files, with all threads and in git as pre-commit starts it."""
        team = self.data / "team"
        export = self.made("team/export", "--users", 1000, "--files", 33)
        staged, clean = export / "users" / "0007.json", export / "night.json"
        clean.write_text('{"name": "Night Lead", "rolePermissions": []}')
        git = lambda *words: subprocess.run(["git", "-c", "user.name=team", "-c", "user.email=team@example.com", *words],
                                            cwd=team, check=True, stdout=subprocess.DEVNULL)
        git("init", "--quiet")
        git("add", ".")
        git("commit", "--quiet", "--no-verify", "--message", "Before")
        trap = export / "trap.json"
        entry = '{"id": "reporting:reportingData:view", "scope": "All"}'
        trap.write_text(f'{{"name": "BPO Night Lead", "rolePermissions": [{entry}]}}')
        staged.write_text(staged.read_text() + "\n")
        git("add", ".")
        hook = [BIN / "rolecall", "check", "--changed-only", "--export", "export"]
        rows = {
            "`rolecall --version`": [BIN / "rolecall", "--version"],
            "`rolecall check`": [BIN / "rolecall", "check", export.resolve(), "--fail-on", "never"],
            "the hook, nothing new": [*hook, clean.relative_to(team)],
            "the hook, a trap": [*hook, staged.relative_to(team), trap.relative_to(team)],
        }
        every = {**os.environ, "NO_COLOR": "1"}
        taken = in_turn([(command, every, team) for command in rows.values()], self.runs * 3)
        files = sum(1 for file in export.rglob("*.json"))
        table(f"{files} files, {self.size(export) / 1e3:.0f} kB, {self.runs * 3} runs", ("run", "ms", "ms of the processor"),
              [(name, f"{run.clock * 1e3:.1f}", f"{run.busy * 1e3:.1f}") for name, run in zip(rows, taken)])

    def reports(self):
        """Many findings, in each format."""
        folder = self.made("faulty", "--users", 60_000, "--roles", 40_000, "--groups", 4000, "--faults", 600)
        formats = ("text", "json", "sarif", "markdown", "csv", "junit")
        # A summary is all that is checked, and a few lines.
        checked, *each = in_turn([self.check(folder, "--format", name) for name in ("summary", *formats)], self.runs)
        rows = [("summary", f"{checked.clock:.2f}", "", "")]
        for name, taken in zip(formats, each):
            more = taken.clock - checked.clock
            rows.append((name, f"{taken.clock:.2f}", f"{more:.2f}", f"{more / checked.clock:.2f}"))
        subprocess.run([str(word) for word in self.check(folder, "--format", "summary")], env=ONE, check=True)
        count = (self.data / "report").read_text().split()[0]
        table(f"{int(count):,} findings, one thread", ("format", "s", "of it the report s", "÷ checking"), rows)

    def questions(self):
        """What each question takes, loading apart: the first time it is asked, and when it is asked again."""
        many = ("--users", 100_000, "--roles", 2000, "--groups", 400, "--queues", 400)
        rows = []
        for form in ("guide", "platform"):
            folder = self.made(f"questions-{form}", "--form", form, *many)
            for question in self.asked(folder):
                taken = [self.answered(folder, question) for _ in range(self.runs)]
                first, again = (statistics.median(run[turn] for run in taken) for turn in (0, 1))
                rows.append((form, f"`{question.replace('|', ' ')}`", f"{first:.1f}", f"{again:.1f}"))
        table("Questions to 100,000 users, loading apart", ("tenant", "question", "first ms", "again ms"), rows)

    def asked(self, folder):
        """Every question, about somebody who is there."""
        report = self.data / "access.json"
        rolecall = [BIN / "rolecall", "who-can", "*:*:*", folder, "--format", "json", "--output", report]
        subprocess.run([str(word) for word in rolecall], check=True, env=ONE)
        causes = json.loads(report.read_text())["causes"]
        held = next(cause for cause in causes if cause["users"] > 1 and cause["role"] and not cause["group"])
        (one, two), role = (f"user:{name['id']}" for name in held["names"][:2]), held["role"]["id"]
        return [
            'who-can "*:*:*"', "who-can recordings", "who-can recordings --tier bpo", f"can {one} recordings",
            f"why {one} routing:queue:view", f"why-not {one} recordings", f"access {one}", f"compare {one} {two}",
            f"path {one} {two}", f"reach {one}", f'what-if --revoke "{one} holds role:{role}"', "isolation", "residency",
        ]

    def answered(self, folder, question):
        """Milliseconds that a question takes the first and the second time, in a shell of its own."""
        shell = [BIN / "rolecall", "shell", "--time", folder]
        done = subprocess.run([str(word) for word in shell], input=f"{question}\n" * 2, capture_output=True, text=True,
                              env=TWO, check=True)
        return [float(line.split()[1]) for line in done.stderr.splitlines() if line.endswith(" ms")]

    def worst(self):
        """Shapes that graphs find hard, each once and at half its size."""
        shapes = {"chain": 1000, "crowd": 10_000, "impersonation": 2000, "cycles": 5000, "joiner": 10_000,
                  "views": 10_000, "partners": 50_000}
        rows = []
        for shape, size in shapes.items():
            folders = [self.made(f"{shape}-{part}", "--form", shape, "--size", part) for part in (size // 2, size)]
            half, whole = in_turn([self.check(folder) for folder in folders], min(self.runs, 5))
            rows.append((shape, f"{size:,}", f"{self.size(folders[1]) / 1e6:.1f}", f"{half.clock:.3f}",
                         f"{whole.clock:.3f}", f"{whole.clock / half.clock:.2f}"))
        table("Hard shapes, one thread", ("shape", "size", "MB", "half the size s", "whole s", "÷"), rows)

    def peers(self):
        """The same three checks by other tools, which have to agree on the totals; see benches/peers."""
        many = ("--roles", 2000, "--groups", 400, "--queues", 400, "--flat")
        large = self.made("peers", "--users", 290_000, *many)
        python = os.environ.get("PEERS_PYTHON", sys.executable)
        node = Path(os.environ.get("PEERS_NODE", "node_modules")).resolve()
        here = HOME / "benches" / "peers"
        small = (node.parent if node.exists() else self.data) / "peers-small"
        shutil.rmtree(small, ignore_errors=True)
        self.made(small, "--users", 20_000, "--roles", 400, "--flat")
        files = lambda at: [at / f"{name}.json" for name in ("roles", "users", "service-accounts")]
        slurped = zip(("roles", "users", "accounts"), files(large))
        regorus = HOME / "target" / "peers" / "release" / "peer-regorus"
        if shutil.which("cargo") and not regorus.exists():
            subprocess.run(["cargo", "build", "--release", "--quiet", "--target-dir", HOME / "target" / "peers"],
                           cwd=here / "regorus", check=False)
        lint = shutil.copy(here / "eslint.config.mjs", node.parent) if node.exists() else ""
        places = "line, column, offset"
        tools = [
            ("rolecall, every rule", self.check(large), large, places),
            ("msgspec, typed structs, no collector", [python, here / "msgspec_checks.py", large], large, "none"),
            ("DuckDB", [python, here / "duckdb_checks.py", large], large, "none"),
            ("regorus", [regorus, large], large, "none"),
            ("jq", ["jq", "-n", "-c", *(w for n, f in slurped for w in ("--slurpfile", n, f)), "-f", here / "checks.jq"],
             large, "none"),
            ("rolecall, every rule", self.check(small), small, places),
            ("ESLint + @eslint/json, no join", [node / ".bin" / "eslint", "--no-config-lookup", "-c", lint, *files(small)],
             small, places),
            ("Spectral, no join", [node / ".bin" / "spectral", "lint", "-r", here / "spectral.yaml", *files(small)],
             small, places),
        ]
        rows = []
        for name, command, folder, place in tools:
            if not shutil.which(command[0]):
                rows.append((name, "", "not installed", "", "", place))
                continue
            # ESLint looks at nothing outside of the folder that it is started in.
            home = node.parent if folder == small and node.exists() else None
            totals = self.totals(command, folder, home)
            if totals is None:
                rows.append((name, "", "does not run here", "", "", place))
                continue
            expected = self.totals(self.check(folder), folder)
            if not totals.items() <= expected.items():
                sys.exit(f"{name} finds {totals}, rolecall {expected}")
            [taken] = in_turn([(command, ONE, home)], min(self.runs, 3 if folder == small else self.runs))
            size = self.size(folder)
            said = ", ".join(f"{total} {what}" for what, total in totals.items()) or "not counted"
            rows.append((name, f"{size / 1e6:.0f}", f"{taken.clock:.2f}", f"{taken.memory / 1e6:.0f}", said, place))
        table("Peers", ("tool", "MB read", "s", "memory MB", "agreed totals", "place of a finding"), rows)

    def totals(self, command, folder, home=None):
        """What a tool finds: what it prints, or what its findings add up to; `None` where it does not run."""
        if Path(command[0]).name == "rolecall":
            report = self.data / "totals.json"
            options = ["--fail-on", "never", "--quiet", "--format", "json", "--output", report]
            subprocess.run([*command[:2], folder, *options], check=True, env=ONE)
            # Read by another process: what a child takes is never told as less than what this one has.
            listed = "import json, sys; print(*(found['rule'] for found in json.load(open(sys.argv[1]))['findings']))"
            rules = subprocess.run([sys.executable, "-c", listed, report], capture_output=True, text=True,
                                   check=True).stdout.split()
            reporting = rules.count("all-scoped-reporting") + rules.count("group-scoped-reporting")
            return {"reporting": reporting, "unflagged": rules.count("missing-bpo-flag"),
                    "impersonation": rules.count("all-scoped-impersonation")}
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=home)
        if done.returncode == 0 and done.stdout.startswith("{"):
            return json.loads(done.stdout)
        said = done.stdout + done.stderr
        counted = {"unflagged": said.count("unflagged"), "impersonation": said.count("impersonation")}
        return counted if any(counted.values()) else None


TABLES = ("reading", "growth", "threads", "small", "worst", "questions", "reports", "peers")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--binaries", type=Path, metavar="DIR", help="measure what is built there, and build nothing")
    options = parser.parse_args()
    unknown = set(options.tables) - set(TABLES)
    if unknown:
        parser.error(f"there is no table {', '.join(unknown)}; there are {', '.join(TABLES)}")
    global BIN
    if options.binaries:
        BIN = options.binaries.resolve()
    else:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--package", "rolecall", "--package",
                        "rolecall-bench"], cwd=HOME, check=True)
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{time.strftime('%Y-%m-%d')}, {version}, {platform.machine()}, {os.cpu_count()} cores, {options.runs} runs")
    with tempfile.TemporaryDirectory() as passing:
        data = (options.data or Path(passing)).resolve()
        data.mkdir(parents=True, exist_ok=True)
        bench = Bench(data, options.runs)
        for name in options.tables or TABLES:
            getattr(bench, name)()


if __name__ == "__main__":
    main()
