// Bundles scripts and styles into ../static/dist with content hashes and writes manifest.json:
// {"app.js": "app-3F2A.js", "app.css": "app-9C1B.css", …}.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "../static/dist");

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  // The older Chromium of domestic desktops is still served.
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  // Only woff2 is asked for by the browsers that are served; the older copies stay out.
  loader: { ".svg": "file", ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty" },
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
};

const STUDIO = ["bpmn", "dmn", "form", "text", "toml"].map((kind) => `js/studio-${kind}.js`);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const results = [
  await build({ ...shared, entryPoints: ["js/app.js", "js/viewer.js"], format: "esm", splitting: true }),
  // The pages of the studio: large libraries, loaded by nobody else.
  await build({ ...shared, entryPoints: STUDIO, format: "esm", splitting: true }),
  // Read by the browser before the first paint, therefore a classic script.
  await build({ ...shared, entryPoints: ["js/boot.js"], format: "iife" }),
  await build({ ...shared, entryPoints: ["css/app.css"] }),
];

const manifest = {};
for (const { metafile } of results) {
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const name = path.parse(output.entryPoint).name;
    manifest[name + path.extname(file)] = path.basename(file);
    if (output.cssBundle) manifest[`${name}.css`] = path.basename(output.cssBundle);
  }
}
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
