import { randomBytes } from "node:crypto";

/** A queue prefix that no other test uses, and that says which test left its keys behind. */
export function uniquePrefix(testName: string): string {
  const slug = testName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  return `test-${slug}-${randomBytes(4).toString("hex")}`;
}
