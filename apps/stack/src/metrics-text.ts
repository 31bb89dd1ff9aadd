/** One sample of the Prometheus text format. */
export type Sample = { name: string; labels: Record<string, string>; value: number };

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the samples of an answer of `/metrics`; comments and lines that are no samples are left out. */
export function parseSamples(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (name === undefined || line.startsWith("#")) return [];
    const pairs = [...(labels ?? "").matchAll(LABEL)].map(([, key = "", text = ""]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** Sums the samples of a metric by the value of one of its labels. */
export function sumBy(
  samples: readonly Sample[],
  metric: string,
  label: string,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { name, labels, value } of samples) {
    const key = labels[label];
    if (name === metric && key !== undefined) sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

/** What was added to each sum since an earlier reading; a counter that began anew counts from zero. */
export function increases(
  before: Record<string, number>,
  now: Record<string, number>,
): Record<string, number> {
  const entries = Object.entries(now).map(([key, value]) => {
    const added = value - (before[key] ?? 0);
    return [key, added < 0 ? value : added] as const;
  });
  return Object.fromEntries(entries);
}
