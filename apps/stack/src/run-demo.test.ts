import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { runDemo } from "./run-demo.ts";
import { readSampleFiles, toPosts } from "./sample-events.ts";
import { waitOf } from "./send-post.ts";

/** A pipeline in miniature: forwards what says so, counts the rest as logged, and refuses `bad`. */
async function setup(options: { losesOne?: boolean } = {}) {
  const delivered = new Set<string>();
  const counts = { forwarded: 0, logged: 0 };
  const keysSeen = new Map<string, number>();
  let nextId = 0;

  const take = (event: { message: string }) => {
    if (event.message === "bad")
      return { status: "rejected", error: { field: "message", detail: "is bad" } };
    nextId += 1;
    const id = `id-${nextId}`;
    if (event.message !== "forward me") counts.logged += 1;
    else {
      counts.forwarded += 1;
      if (!options.losesOne || counts.forwarded > 1) delivered.add(id);
    }
    return { status: "queued", id };
  };

  async function answer(request: IncomingMessage): Promise<[number, unknown, object?]> {
    const url = new URL(request.url ?? "", "http://x");
    if (url.pathname === "/metrics") {
      return [
        200,
        Object.entries(counts)
          .map(([outcome, value]) => `mutt_alerter_events_total{outcome="${outcome}"} ${value}`)
          .join("\n"),
      ];
    }
    if (url.pathname === "/alerts") {
      const items = url.searchParams.getAll("external_id").filter((id) => delivered.has(id));
      return [200, { items }];
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const key = String(request.headers["idempotency-key"]);
    keysSeen.set(key, (keysSeen.get(key) ?? 0) + 1);
    // The first post is asked to wait once.
    if (keysSeen.size === 1 && keysSeen.get(key) === 1) return [429, {}, { "retry-after": "0" }];
    if (request.headers["content-type"] === "application/json" && body.startsWith("{")) {
      const taken = take(JSON.parse(body));
      return "error" in taken ? [400, { detail: "message is bad" }] : [202, taken];
    }
    const events = body.startsWith("[")
      ? JSON.parse(body)
      : body.split("\n").map((line) => JSON.parse(line));
    return [202, { results: events.map(take) }];
  }

  const server = createServer(async (request, response) => {
    const [status, body, headers] = await answer(request);
    response.writeHead(status, { ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  let text = "";
  return {
    target: {
      ingestUrl: `${url}/ingest`,
      ingestKey: "k",
      alerterUrls: [url],
      forwarderUrls: [url],
      receiverUrl: url,
    },
    output: {
      write: (more: string) => {
        text += more;
      },
    },
    text: () => text,
    keysSeen,
  };
}

const events = (message: string, count: number) =>
  Array.from({ length: count }, () => ({ hostname: "a", message }));

test("shows what became of every event", async () => {
  const { target, output, text, keysSeen } = await setup();
  const files = [
    {
      name: "one.json",
      events: [...events("forward me", 30), ...events("other", 11), { message: "bad" }],
    },
    { name: "two.json", events: events("other", 5) },
  ];
  expect(await runDemo(files, target, output)).toBe(true);
  expect(text()).toMatch(/one\.json +42 +41 +1 +30 +11 +0 +0 +0 +30 +0\n/);
  expect(text()).toMatch(/all +47 +46 +1 +30 +16 +0 +0 +0 +30 +0\n/);
  expect(text()).toContain("rejected: message is bad");
  expect(text()).toContain("every sample event has an outcome");
  expect(Math.max(...keysSeen.values())).toBe(2);
});

test("says so when something is unaccounted", async () => {
  const { target, output, text } = await setup({ losesOne: true });
  const files = [{ name: "one.json", events: events("forward me", 2) }];
  expect(await runDemo(files, target, output, 3_000)).toBe(false);
  expect(text()).toContain("not every event is accounted for: one.json");
});

test("posts take turns in the three shapes and hold every event once", () => {
  const posts = toPosts(events("x", 100));
  expect(posts.map(({ count }) => count).reduce((a, b) => a + b)).toBe(100);
  const [single, array, lines] = posts.map(({ body }) => body);
  expect(single?.startsWith("{")).toBe(true);
  expect(array?.startsWith("[")).toBe(true);
  expect(lines?.split("\n")).toHaveLength(20);
});

test("finds the sample files of the checkout", async () => {
  const files = await readSampleFiles();
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(file.events.length).toBeGreaterThan(0);
});

test.each([
  ["in seconds", 429, "2", 2_000],
  ["as a date", 503, "Thu, 01 Jan 1970 00:00:03 GMT", 3_000],
  ["not at all", 503, undefined, 1_000],
  ["for another status", 401, "2", undefined],
])("waits as told %s", (_name, status, header, expected) => {
  const headers = new Headers(header === undefined ? {} : { "retry-after": header });
  expect(waitOf({ status, headers }, 0)).toBe(expected);
});
