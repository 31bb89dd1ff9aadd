/**
 * Reads a `.dockerignore` and gives whether it leaves a path out of the build. The last pattern that fits a path, or a
 * folder above it, decides; `!` takes back. Paths are relative, with `/`.
 */
export function parseDockerignore(text: string): (path: string) => boolean {
  const patterns = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ isKept: line.startsWith("!"), fits: regexOf(line.replace(/^!/, "")) }));
  return (path) => patterns.findLast(({ fits }) => fits.test(path))?.isKept === false;
}

function regexOf(pattern: string): RegExp {
  const parts = pattern
    .replace(/^\/|\/$/g, "")
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    });
  return new RegExp(`^${parts.join("")}(?:/.*)?$`);
}
