// Shared by both peers: read requests, one a line, and answer each with a line of JSON. See ../contest.py.
import { createInterface } from "node:readline";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const scenes = JSON.parse(readFileSync(process.argv[2], "utf8"));

// `draw` takes a page and returns its PNG. Both requests answer with the ms of each page: "round", and "save FOLDER",
// which also writes the files.
export async function answer(draw) {
  for (const page of scenes.pages) await draw(page);
  console.log(JSON.stringify("ready"));
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, folder] = line.split(/ (.*)/);
    const taken_ms = [];
    if (folder) mkdirSync(folder, { recursive: true });
    for (const [index, page] of scenes.pages.entries()) {
      const start = performance.now();
      const png = await draw(page);
      taken_ms.push(performance.now() - start);
      if (word === "save") writeFileSync(join(folder, `${index}.png`), png);
    }
    console.log(JSON.stringify(taken_ms));
  }
}
