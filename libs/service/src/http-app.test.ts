import express, { type Router } from "express";
import { Counter, Gauge, Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Check } from "./checks.ts";
import { createHttpApp } from "./http-app.ts";
import { startHttpServer } from "./http-server.ts";
import { ProblemError } from "./problem.ts";

async function setup(options: { ready?: Check[]; live?: Check[]; routes?: Router } = {}) {
  const registry = new Registry();
  const errors: Record<string, unknown>[] = [];
  const app = createHttpApp({
    ops: { registry, ready: options.ready ?? [], live: options.live ?? [] },
    routes: options.routes ?? express.Router(),
    logger: { error: (_message, fields) => void errors.push({ ...fields }) },
  });
  const server = await startHttpServer({ app, host: "127.0.0.1", port: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  return { registry, errors, get };
}

const failing: Check = { name: "redis", check: () => "not reachable" };

describe("the ops routes", () => {
  test("answer /healthz whatever the dependencies do", async () => {
    const { get } = await setup({ ready: [failing] });
    const response = await get("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      checks: [{ name: "event_loop", ok: true }],
    });
  });

  test("answer 503 on /healthz when a check of the app's own progress fails", async () => {
    const { get } = await setup({ live: [{ name: "worker", check: () => "stands still" }] });
    expect((await get("/healthz")).status).toBe(503);
  });

  test("list every check on /readyz, with 503 when one fails", async () => {
    const ready: Check[] = [{ name: "rules", check: () => undefined }];
    const { get } = await setup({ ready });
    expect((await get("/readyz")).status).toBe(200);
    ready.push(failing);
    const { get: getFailing } = await setup({ ready });
    const response = await getFailing("/readyz");
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "failing",
      checks: [
        { name: "rules", ok: true },
        { name: "redis", ok: false, detail: "not reachable" },
      ],
    });
  });

  test("give the metrics in Prometheus' text format", async () => {
    const { get, registry } = await setup();
    new Counter({ name: "things_total", help: "Things.", registers: [registry] }).inc(3);
    const response = await get("/metrics");
    expect(response.headers.get("content-type")).toMatch(/^text\/plain;.*version=0\.0\.4/);
    expect(await response.text()).toContain("things_total 3");
  });

  test("hide why metrics could not be collected", async () => {
    const { get, registry, errors } = await setup();
    const collect = () => Promise.reject(new Error("inner secret"));
    new Gauge({ name: "broken", help: "Broken.", registers: [registry], collect });
    const response = await get("/metrics");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("inner secret");
    expect(errors).toHaveLength(1);
  });
});

describe("an app's answers", () => {
  function routes(): Router {
    const router = express.Router();
    router.post("/things", express.json({ limit: 100 }), (_request, response) => response.json({}));
    router.get("/things/:id", (_request, response) => response.json({}));
    router.get("/boom", () => {
      throw new Error("secret detail of the inside");
    });
    router.get("/refused", async (_request, response) => {
      response.set("X-Correlation-ID", "c-1");
      const headers = { "Retry-After": 7 };
      throw new ProblemError({ status: 429, detail: "slow down", headers, queue: "ingest" });
    });
    const nested = express.Router();
    nested.delete("/deep", (_request, response) => void response.end());
    router.use("/api/v1", nested);
    return router;
  }

  async function problem(response: Response) {
    expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(response.headers.get("x-powered-by")).toBeNull();
    return response.json();
  }

  test("are 404 as a problem where nothing answers", async () => {
    const { get } = await setup({ routes: routes() });
    const response = await get("/nowhere");
    expect(response.status).toBe(404);
    expect(await problem(response)).toEqual({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "nothing answers at this path",
    });
  });

  test.each([
    ["/things", "GET", "POST"],
    ["/things/1", "DELETE", "GET, HEAD"],
    ["/api/v1/deep", "GET", "DELETE"],
    ["/healthz", "POST", "GET, HEAD"],
  ])("are 405 with Allow for %s under %s", async (path, method, allow) => {
    const { get } = await setup({ routes: routes() });
    const response = await get(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    await problem(response);
  });

  test.each(["/%", "/things/%ff", "/api/v1/%zz"])(
    "are a problem for the odd path %s",
    async (path) => {
      const { get, errors } = await setup({ routes: routes() });
      const response = await get(path);
      expect([400, 404]).toContain(response.status);
      await problem(response);
      expect(errors).toEqual([]);
    },
  );

  test("carry the status, headers and members of a thrown problem", async () => {
    const { get, errors } = await setup({ routes: routes() });
    const response = await get("/refused");
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(await problem(response)).toMatchObject({
      detail: "slow down",
      queue: "ingest",
      correlation_id: "c-1",
    });
    expect(errors).toEqual([]);
  });

  test("hide an error of the inside and log it", async () => {
    const { get, errors } = await setup({ routes: routes() });
    const response = await get("/boom");
    expect(response.status).toBe(500);
    expect(JSON.stringify(await problem(response))).not.toContain("secret");
    expect(errors).toMatchObject([{ method: "GET", path: "/boom" }]);
  });

  test.each([
    ["{", 400, "the body is not valid JSON"],
    [JSON.stringify("x".repeat(200)), 413, "the body is too large"],
  ])("say what is wrong with the body %s", async (body, status, detail) => {
    const { get, errors } = await setup({ routes: routes() });
    const headers = { "Content-Type": "application/json" };
    const response = await get("/things", { method: "POST", body, headers });
    expect(response.status).toBe(status);
    expect(await problem(response)).toMatchObject({ detail });
    expect(errors).toEqual([]);
  });

  test("have no body for HEAD", async () => {
    const { get } = await setup();
    const response = await get("/nowhere", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([404, ""]);
  });
});
