// Renders the pages in headless Chromium: one warm page with fonts and styles loaded once; only the markup changes.
import { chromium } from "playwright-core";
import { answer, scenes } from "./contender.mjs";

const browser = await chromium.launch({ executablePath: process.argv[3], headless: true });
const page = await browser.newPage({ deviceScaleFactor: 1 });
await page.setContent("<!DOCTYPE html><html><body></body></html>");
await page.evaluate(async ({ css, fonts }) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
  for (const { family, weight, data } of fonts) {
    const face = new FontFace(family, `url(data:font/ttf;base64,${data})`, { weight: String(weight) });
    document.fonts.add(await face.load());
  }
}, scenes);

let size = "";
await answer(async ({ html, width, height }) => {
  if (size !== `${width} ${height}`) await page.setViewportSize({ width, height });
  size = `${width} ${height}`;
  await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, "text/html");
    document.replaceChild(document.adoptNode(read.documentElement), document.documentElement);
    return document.fonts.ready.then(() => undefined);
  }, html);
  return page.screenshot({ type: "png" });
});
await browser.close();
