import { hash } from "node:crypto";
import { ProblemError } from "@mutt/service";

/** Names a version of a document by its content. */
export function etagOf(document: unknown): string {
  return `"${hash("sha256", JSON.stringify(document), "hex").slice(0, 20)}"`;
}

/**
 * Reads an `If-Match` header: the answer says whether a document agrees with it; without the header everything does.
 * Throws a 400 for a header that is no list of entity tags, before anything else is done.
 */
export function readIfMatch(ifMatch: string | undefined): (document: unknown) => boolean {
  if (ifMatch === undefined || ifMatch.trim() === "*") return () => true;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[^"]*"$/.test(tag))) {
    const detail = 'If-Match: expected an ETag in quotes, such as "9f86d081", or *';
    throw new ProblemError({ status: 400, detail, field: "If-Match" });
  }
  return (document) => tags.includes(etagOf(document));
}
