// Renders the pages with satori and resvg: each line of text is a box at its place, each drawing is a picture.
import satori from "satori";
import { Resvg } from "@resvg/resvg-js";
import { answer, scenes } from "./contender.mjs";

const fonts = scenes.fonts.map(({ family, weight, data }) => ({
  name: family,
  weight,
  style: "normal",
  data: Buffer.from(data, "base64"),
}));

const placed = ({ x, y, ...more }) => ({ position: "absolute", left: x, top: y, ...more });

const words = ({ text, x, y, width, size, leading, weight, tracking, colour }) => ({
  type: "div",
  props: {
    style: placed({
      x, y, width, display: "flex", whiteSpace: "pre", color: colour, fontSize: size, fontWeight: weight,
      lineHeight: leading, letterSpacing: tracking,
    }),
    children: text,
  },
});

const drawing = ({ svg, x, y, width, height }) => ({
  type: "img",
  props: {
    src: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
    width,
    height,
    style: placed({ x, y, width, height }),
  },
});

await answer(async ({ items, width, height }) => {
  const children = items.map((item) => (item.svg ? drawing(item) : words(item)));
  const style = { width, height, display: "flex", position: "relative", overflow: "hidden" };
  const svg = await satori({ type: "div", props: { style, children } }, { width, height, fonts });
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
});
