// compose.yaml against what it names: variables that the apps read, ports that they listen on, files that exist.
import { existsSync, readFileSync } from "node:fs";
import { baseEnv, parseEnv } from "@mutt/service";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  APP_NAMES,
  type AppName,
  defaultPortOf,
  schemaOf,
  variablesReadBy,
} from "../chart/app-environment.ts";
import { environmentOf, parseDockerfile } from "./dockerfile.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const read = (file: string): string => readFileSync(ROOT + file, "utf8");

interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }> | string[];
  read_only?: boolean;
  restart?: string;
  stop_grace_period?: string;
}

/** Where an installation has its secrets; every other variable has a default. */
const SECRETS: Record<string, string> = {
  REDIS_PASSWORD: "0123456789abcdef",
  INGEST_API_KEYS: "relay:0123456789abcdef",
  ADMIN_API_KEYS: "ops:admin:0123456789abcdef",
  MOOG_API_KEY: "0123456789abcdef",
};

/** Fills in `${NAME}`, `${NAME:-default}` and `${NAME:?what to do}` as Compose does; throws for what is missing. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  const filled = text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = env[name];
      if (value) return value;
      if (kind === "?") throw new Error(`${name}: ${rest}`);
      return rest ?? "";
    },
  );
  return filled.replaceAll("$$", "$");
}

function services(env: Readonly<Record<string, string>> = SECRETS): Record<string, Service> {
  const text = interpolate(read("compose.yaml"), env);
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
}

const SERVICES = services();
const RECEIVER_VARIABLES = ["HOST", "MOOG_API_KEY", "SINK_PORT"];

function serviceOf(name: string): Service {
  const service = SERVICES[name];
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

describe("compose.yaml", () => {
  test.each(Object.keys(SECRETS))("says what to do when %s is missing", (name) => {
    const { [name]: _missing, ...rest } = SECRETS;
    expect(() => services(rest)).toThrow(new RegExp(`^${name}: set it in .env to `));
  });

  test("runs every app of the image, by its name", () => {
    for (const app of [...APP_NAMES, "receiver"]) {
      expect(serviceOf(app)).toMatchObject({ command: [app], image: "mutt", build: "." });
    }
  });

  test.each(APP_NAMES)("gives %s only what it reads and accepts", (app: AppName) => {
    const { environment = {} } = serviceOf(app);
    const unread = Object.keys(environment).filter((name) => !variablesReadBy(app).has(name));
    expect(unread).toEqual([]);
    const [image] = parseDockerfile(read("Dockerfile")).slice(-1).map(environmentOf);
    expect(() => parseEnv(schemaOf(app), { ...image, ...environment })).not.toThrow();
  });

  test("gives the receiver only what it reads", () => {
    const { environment = {} } = serviceOf("receiver");
    expect(Object.keys(environment).filter((name) => !RECEIVER_VARIABLES.includes(name))).toEqual(
      [],
    );
  });

  test("publishes the ports that the apps listen on, on loopback alone", () => {
    const published = Object.entries(SERVICES).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(Object.fromEntries(published)).toEqual({
      receiver: "127.0.0.1:8099:8099",
      ingestor: `127.0.0.1:8080:${defaultPortOf("ingestor")}`,
      admin: `127.0.0.1:8090:${defaultPortOf("admin")}`,
      prometheus: "127.0.0.1:9090:9090",
      grafana: "127.0.0.1:3000:3000",
    });
  });

  test("keeps what is accepted: append-only file, no eviction, a volume", () => {
    const { command = [], volumes, healthcheck } = serviceOf("redis");
    const options = command.slice(1).join(" ");
    expect(options).toContain("--appendonly yes");
    expect(options).toContain("--maxmemory-policy noeviction");
    expect(volumes).toEqual(["redis:/data"]);
    expect(healthcheck?.test.join(" ")).toContain("PONG");
  });

  test("starts the apps once Redis answers, and gives them time to end", () => {
    for (const app of APP_NAMES) {
      const service = serviceOf(app);
      expect(service.depends_on).toEqual({ redis: { condition: "service_healthy" } });
      expect(service).toMatchObject({ read_only: true, restart: "unless-stopped" });
      const graceMs = Number.parseInt(service.stop_grace_period ?? "0", 10) * 1000;
      expect(graceMs).toBeGreaterThan(baseEnv.SHUTDOWN_TIMEOUT_MS.parse(undefined));
    }
  });

  test("mounts files that exist", () => {
    const mounted = Object.values(SERVICES)
      .flatMap(({ volumes = [] }) => volumes)
      .flatMap((volume) => volume.split(":")[0] ?? "")
      .filter((source) => source.startsWith("."));
    expect(mounted.length).toBeGreaterThan(5);
    expect(mounted.filter((source) => !existsSync(ROOT + source))).toEqual([]);
  });

  test("starts monitoring and tools only when asked", () => {
    const optional = Object.entries(SERVICES).filter(([, { profiles }]) => profiles !== undefined);
    expect(Object.fromEntries(optional.map(([name, { profiles }]) => [name, profiles]))).toEqual({
      cli: ["tools"],
      prometheus: ["monitoring"],
      grafana: ["monitoring"],
    });
  });
});

describe("the Prometheus of compose.yaml", () => {
  const config = parse(read("docs/compose/prometheus.yml")) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
  };

  test("asks every app where it listens, under the jobs that the alerts know", () => {
    const scraped = config.scrape_configs.map(({ job_name: job, dns_sd_configs: [found] }) => [
      job,
      found?.names,
      found?.port,
    ]);
    expect(scraped).toEqual(APP_NAMES.map((app) => [`mutt-${app}`, [app], defaultPortOf(app)]));
    const jobs = [...read("docs/prometheus/alerts.yml").matchAll(/job=~"([^"]+)"/g)];
    expect(jobs.length).toBeGreaterThan(0);
    for (const [, pattern = ""] of jobs) expect("mutt-admin").toMatch(new RegExp(`^(${pattern})$`));
  });
});
