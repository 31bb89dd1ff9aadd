import { expect, onTestFinished, test } from "vitest";
import { type ReceiverOptions, startReceiver } from "./receiver.ts";

const alert = (id: string, more: object = {}) => ({
  external_id: id,
  description: `link ${id} is down`,
  severity: 4,
  custom_info: { handling: "Page_only" },
  ...more,
});

async function setup(options: ReceiverOptions = {}) {
  const receiver = await startReceiver(options);
  onTestFinished(() => receiver.stop());
  const request = async (method: string, path: string, body?: unknown, headers = {}) => {
    const response = await fetch(`${receiver.url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return response;
  };
  return {
    receiver,
    request,
    deliver: (alerts: unknown, headers = {}) => request("POST", "/webhook", alerts, headers),
    json: async (path: string) => (await request("GET", path)).json(),
    mode: (mode: unknown) => request("POST", "/mode", mode),
  };
}

test("takes an array of alerts on any path and says how many", async () => {
  const { request, json } = await setup();
  const response = await request("POST", "/some/where?x=1", [alert("a"), alert("b")]);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ accepted: 2 });
  const { items } = (await json("/alerts")) as { items: { external_id: string }[] };
  expect(items.map((item) => item.external_id)).toEqual(["b", "a"]);
});

test("counts what came, what came twice, and by handling and severity", async () => {
  const { deliver, json } = await setup();
  await deliver([alert("a"), alert("b", { severity: 5 })]);
  await deliver([alert("a")]);
  expect(await json("/stats")).toMatchObject({
    requests: 2,
    alerts: 3,
    unique: 2,
    duplicates: 1,
    byStatus: { 200: 2 },
    byHandling: { Page_only: 3 },
    bySeverity: { 4: 2, 5: 1 },
  });
  expect(await json("/alerts?external_id=a")).toMatchObject({
    items: [{ external_id: "a", delivered: 2, attempts: 2, alert: { severity: 4 } }],
  });
});

test("finds several ids at once, and only what was delivered", async () => {
  const { deliver, json, mode } = await setup();
  await deliver([alert("a"), alert("b")]);
  await mode({ mode: "error" });
  await deliver([alert("c")]);
  expect(await json("/alerts?external_id=a&external_id=c")).toMatchObject({
    items: [{ external_id: "a" }],
  });
  expect(await json("/alerts?external_id=c&refused=true")).toMatchObject({
    items: [{ external_id: "c", delivered: 0, attempts: 1, first_at: null }],
  });
});

test("limits the list and keeps to a time", async () => {
  const { deliver, json } = await setup();
  await deliver([alert("a"), alert("b")]);
  expect(await json("/alerts?limit=1")).toMatchObject({ items: [{ external_id: "b" }] });
  expect(await json("/alerts?since=2100-01-01T00:00:00Z")).toEqual({ items: [] });
});

test("asks for the key when it has one", async () => {
  const { deliver, json } = await setup({ apiKey: "secret" });
  expect((await deliver([alert("a")])).status).toBe(401);
  expect((await deliver([alert("a")], { authorization: "Bearer secret" })).status).toBe(200);
  expect(await json("/stats")).toMatchObject({ alerts: 1, byStatus: { 200: 1, 401: 1 } });
});

test("refuses what is no array of objects", async () => {
  const { deliver } = await setup();
  expect((await deliver("not json")).status).toBe(400);
  expect((await deliver([1])).status).toBe(400);
});

test("refuses a body over 5 MiB with an answer instead of a reset", async () => {
  const { deliver } = await setup();
  expect((await deliver(`"${"x".repeat(6 * 1024 * 1024)}"`)).status).toBe(413);
});

test("a probe of the health path sees the mode and is no delivery", async () => {
  const { request, json, mode } = await setup();
  await mode({ mode: "error", status: 503, for_requests: 1 });
  expect((await request("POST", "/health", {})).status).toBe(503);
  expect(await json("/mode")).toMatchObject({ mode: "error", requests_left: 1 });
  expect(await json("/stats")).toMatchObject({ requests: 0, healthProbes: 1, alerts: 0 });
});

test.each([
  [{ mode: "throttle", retry_after: 7 }, 429, { "retry-after": "7" }],
  [{ mode: "throttle", status: 503, retry_after: 2 }, 503, { "retry-after": "2" }],
  [{ mode: "error" }, 500, {}],
  [{ mode: "error", status: 408 }, 408, {}],
  [{ mode: "unauthorized" }, 401, {}],
  [{ mode: "html" }, 502, { "content-type": "text/html" }],
  [{ mode: "redirect", location: "/there" }, 302, { location: "/there" }],
])("mode %j answers %i and keeps nothing", async (mode, status, headers) => {
  const receiver = await setup();
  expect((await receiver.mode(mode)).status).toBe(200);
  const response = await receiver.deliver([alert("a")]);
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject(headers);
  expect(receiver.receiver.stats().alerts).toBe(0);
});

test("tells the time to wait as a date when asked to", async () => {
  const { deliver, mode } = await setup();
  await mode({ mode: "throttle", retry_after: 60, retry_after_as: "date" });
  const until = Date.parse((await deliver([alert("a")])).headers.get("retry-after") ?? "");
  expect(until - Date.now()).toBeGreaterThan(50_000);
});

test("fails every n-th request", async () => {
  const { deliver, mode } = await setup();
  await mode({ mode: "every", n: 3, status: 502 });
  const statuses: number[] = [];
  for (const id of "abcdef") statuses.push((await deliver([alert(id)])).status);
  expect(statuses).toEqual([200, 200, 502, 200, 200, 502]);
});

test("goes back to ok by itself after the given number of requests", async () => {
  const { deliver, mode, json } = await setup();
  await mode({ mode: "error", for_requests: 2 });
  const statuses: number[] = [];
  for (const id of "abc") statuses.push((await deliver([alert(id)])).status);
  expect(statuses).toEqual([500, 500, 200]);
  expect(await json("/mode")).toEqual({ mode: "ok" });
});

test("rejects a delivery for the text of one of its alerts", async () => {
  const { deliver, mode } = await setup();
  await mode({ mode: "reject", text: "culprit", status: 422 });
  const culprit = alert("b", { description: "the culprit" });
  expect((await deliver([alert("a"), culprit])).status).toBe(422);
  expect((await deliver([alert("a")])).status).toBe(200);
});

test("slow forgets what the sender gave up on, late has it all the same", async () => {
  const { receiver, mode } = await setup();
  const giveUp = (id: string) =>
    expect(
      fetch(receiver.url, {
        method: "POST",
        body: JSON.stringify([alert(id)]),
        signal: AbortSignal.timeout(1000),
      }),
    ).rejects.toThrow("timeout");
  await mode({ mode: "slow", delay_ms: 3000 });
  await giveUp("slow");
  await mode({ mode: "late", delay_ms: 3000 });
  await giveUp("late");
  await expect.poll(() => receiver.stats().byStatus).toEqual({ none: 2 });
  expect(receiver.alerts().map((item) => item.external_id)).toEqual(["late"]);
});

test.each(["hang", "close"])("mode %s gives no answer, and stop still ends", async (mode) => {
  const { receiver } = await setup();
  receiver.setMode({ mode: mode as "hang" });
  await expect(
    fetch(receiver.url, { method: "POST", body: "[]", signal: AbortSignal.timeout(100) }),
  ).rejects.toThrow();
  await receiver.stop();
});

test("names what is wrong with a mode", async () => {
  const { mode } = await setup();
  const response = await mode({ mode: "every", n: 0 });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { detail: string }).detail).toContain("n");
  expect((await mode("nonsense")).status).toBe(400);
  expect((await mode({ mode: "ok", typo: 1 })).status).toBe(400);
});

test("a reset forgets alerts and counters", async () => {
  const { request, deliver, json } = await setup();
  await deliver([alert("a")]);
  expect((await request("DELETE", "/alerts")).status).toBe(200);
  expect(await json("/alerts")).toEqual({ items: [] });
  expect(await json("/stats")).toMatchObject({ requests: 0, alerts: 0, byStatus: {} });
});

test("answers 404 with the list of routes to an unknown path", async () => {
  const { request } = await setup();
  expect((await request("GET", "/nowhere")).status).toBe(404);
});
