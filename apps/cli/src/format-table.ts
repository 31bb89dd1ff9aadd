/** Writes rows under a head, in columns as wide as their longest cell; the last column is not padded. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(column < line.length - 1 ? (widths[column] ?? 0) : 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
