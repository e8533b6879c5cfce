"""Reads pictures of access with the tools that they are for, and holds what these see against the JSON."""

import html
import json
import subprocess
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import networkx

SVG = "{http://www.w3.org/2000/svg}"
CALLS = {
    "whole": (["fixtures/guide"], 1), "few": (["fixtures/guide", "--limit", "5"], 1),
    "around": (["fixtures/guide", "--around", "Ana Reis", "--depth", "3"], 1),
    "platform": (["fixtures/dialects/platform", "--config", "fixtures/dialects/rolecall.toml"], 1),
}


def one_line(text):
    """Without what renderers do to spaces, and without what is no character in XML."""
    return " ".join(text.translate({0xFFFE: None, 0xFFFF: None, 0xFFFD: None}).split())


def wanted(picture):
    """What is to be seen: the lines of each node, and the edges with their words."""
    nodes = {}
    for number, node in enumerate(picture["nodes"]):
        kind = "" if node["kind"] in ("permission", "many") else node["kind"].replace("-", " ")
        nodes[f"n{number}"] = one_line(node["name"] + " " + ": ".join(filter(None, [kind, node["note"]])))
    edges = [(f"n{e['from']}", f"n{e['to']}", one_line(e["edge"].replace("-", " ") + " " + e["note"])) for e in picture["edges"]]
    return nodes, Counter(edges)


def of_graphml(path):
    graph = networkx.read_graphml(path)
    assert graph.is_directed()
    nodes = {}
    for name, data in graph.nodes(data=True):
        kind = "" if data["kind"] in ("permission", "many") else data["kind"].replace("-", " ")
        nodes[name] = one_line(data.get("name", "") + " " + ": ".join(filter(None, [kind, data.get("note")])))
    edges = [(a, b, one_line(data["edge"].replace("-", " ") + " " + data.get("over", ""))) for a, b, data in graph.edges(data=True)]
    return nodes, Counter(edges)


def of_dot(path):
    svg = subprocess.run(["dot", "-Tsvg", path], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert not svg.stderr, svg.stderr
    nodes, edges = {}, Counter()
    for group in ET.fromstring(svg.stdout).iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title")
        text = one_line(" ".join(line.text or "" for line in group.findall(f"{SVG}text")))
        if group.get("class") == "node":
            nodes[title] = text
        elif group.get("class") == "edge":
            edges[(*title.split("->"), text)] += 1
    return nodes, edges


def of_mermaid(read):
    shown = lambda text: one_line(html.unescape(text.replace("<br>", " ")))
    nodes = {name: shown(text) for name, text in read["nodes"] if not name.startswith("out")}
    return nodes, Counter((a, b, shown(text)) for a, b, text in read["edges"])


def visible(text):
    """With characters that hide, reorder or move text shown as every format but JSON shows them."""
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if isinstance(text, list):
        return [visible(one) for one in text]
    if isinstance(text, dict):
        return {key: visible(one) for key, one in text.items()}
    if not isinstance(text, str):
        return text
    return "".join(named.get(c) or (f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in ("Cc", "Cf") else c) for c in text)


def check(program, modules, hostile):
    """The number of pictures that were read as they were meant."""
    calls = CALLS | {"names": ([hostile], 20)}
    with tempfile.TemporaryDirectory() as out:
        files = {}
        for name, (arguments, least) in calls.items():
            for format in ["json", "graphml", "dot", "mermaid"]:
                path = files[name, format] = Path(out) / f"{name}.{format}"
                done = subprocess.run([program, "graph", *arguments, "--format", format], stdout=path.open("w"), stderr=subprocess.PIPE)
                assert done.returncode in (0, 3), (name, done.stderr)
            assert len(json.loads(files[name, "json"].read_text())["nodes"]) >= least, name
        script = Path(__file__).with_suffix(".mjs")
        charts = [str(files[name, "mermaid"]) for name in calls]
        done = subprocess.run(["node", script, modules, *charts], check=True, stdout=subprocess.PIPE)
        read = json.loads(done.stdout)
        for name in calls:
            picture = visible(json.loads(files[name, "json"].read_text()))
            expected = wanted(picture)
            assert expected[1] or name == "few", name
            assert of_graphml(files[name, "graphml"]) == expected, (name, "graphml")
            assert of_dot(files[name, "dot"]) == expected, (name, "dot")
            assert of_mermaid(read[str(files[name, "mermaid"])]) == expected, (name, "mermaid")
    return 3 * len(calls)
