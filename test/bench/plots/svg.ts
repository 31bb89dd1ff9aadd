const WIDTH = 860;

/** Where the panels of a plot lie in its width. */
export const LEFT = 74;
export const PLOT_WIDTH = WIDTH - LEFT - 34;

/** Colours that tell lines and bars apart, also for most people who see fewer of them. */
export const COLOURS = {
  blue: "#1f5fa8",
  green: "#1d7a3c",
  red: "#b3261e",
  purple: "#6b4ea0",
  orange: "#b06000",
  grey: "#6b7280",
} as const;

/** A name in the legend, and the colour it stands for. */
export interface LegendEntry {
  name: string;
  colour: string;
}

/** Writes a whole picture: a title for those who hear it, a white ground, a legend where there is one, the body. */
export function svgDocument(picture: {
  title: string;
  height: number;
  legend?: readonly LegendEntry[];
  body: readonly string[];
}): string {
  const { title, height, legend = [], body } = picture;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...legend.map(legendEntry),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** A line of text; `anchor` is the end of it that lies at `x`. */
export function text(
  content: string,
  at: { x: number; y: number; anchor?: "start" | "middle" | "end"; colour?: string },
): string {
  const { x, y, anchor = "start", colour = "#555" } = at;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}">${escapeText(content)}</text>`;
}

/** Coordinates to a tenth: nobody sees more, and files stay small. */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Room for a legend entry, in which its name has to fit. */
const LEGEND_STEP = 125;

function legendEntry({ name, colour }: LegendEntry, index: number): string {
  const x = LEFT + index * LEGEND_STEP;
  return `<rect x="${x}" y="4" width="12" height="12" fill="${colour}" stroke="#999"/>${text(name, { x: x + 18, y: 14, colour: "#222" })}`;
}

function escapeText(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
