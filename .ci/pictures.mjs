// Reads flow charts with Mermaid's own parser, and prints what it found in them. Usage: pictures.mjs MODULES FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const { JSDOM } = createRequire(`${modules}/`)("jsdom");
// Mermaid cleans labels with the help of a page.
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(`${modules}/mermaid/dist/mermaid.core.mjs`));
const plain = (text) => text.replace(/ﬂ°°(\d+)¶ß/g, "&#$1;");
const read = {};
for (const file of files) {
  const text = readFileSync(file, "utf8");
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const nodes = [...db.getVertices().values()].map((node) => [node.id, plain(node.text)]);
  read[file] = { nodes, edges: db.getEdges().map((edge) => [edge.start, edge.end, plain(edge.text)]) };
}
console.log(JSON.stringify(read));
