import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "./services.ts";

const SAMPLES = join(REPOSITORY, "test", "data");

/** One file of sample events. */
export type SampleFile = { name: string; events: unknown[] };

/** Reads every `*.json` of `test/data` that holds an array of events, in the order of their names. */
export async function readSampleFiles(dir = SAMPLES): Promise<SampleFile[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(".json")).sort();
  const files: SampleFile[] = [];
  for (const name of names) {
    const text = await readFile(join(dir, name), "utf8");
    // Files written on Windows may start with a byte order mark.
    const content: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (Array.isArray(content)) files.push({ name, events: content });
  }
  if (files.length === 0) throw new Error(`no sample events in ${dir}`);
  return files;
}

/** One post to the ingest API. */
export type Post = { contentType: string; body: string; count: number };

/** How many events a post carries at most, so that the demo is seen to stream. */
const EVENTS_PER_POST = 20;

/** Cuts events into small posts that take turns in the three shapes the API takes. */
export function toPosts(events: readonly unknown[]): Post[] {
  const posts: Post[] = [];
  for (let at = 0; at < events.length; ) {
    const isSingle = posts.length % 3 === 0;
    const chunk = events.slice(at, at + (isSingle ? 1 : EVENTS_PER_POST));
    posts.push(toPost(chunk, posts.length));
    at += chunk.length;
  }
  return posts;
}

function toPost(chunk: readonly unknown[], index: number): Post {
  const json = "application/json";
  const count = chunk.length;
  switch (index % 3) {
    case 0:
      return { contentType: json, body: JSON.stringify(chunk[0]), count };
    case 1:
      return { contentType: json, body: JSON.stringify(chunk), count };
    default: {
      const lines = chunk.map((event) => JSON.stringify(event)).join("\n");
      return { contentType: "application/x-ndjson", body: lines, count };
    }
  }
}
