// What the apps are told by the chart, read with the apps' own schemas.
import { SETTING_KEYS, SETTINGS } from "@mutt/dynamic-config";
import { RedisEnv, redisSettings } from "@mutt/redis";
import { parseEnv } from "@mutt/service";
import { TracingEnv, tracingSettings } from "@mutt/tracing";
import { describe, expect, test } from "vitest";
import { APP_NAMES, type AppName, schemaOf, variablesReadBy } from "./app-environment.ts";
import { CASES, caseNamed } from "./cases.ts";
import { HELM, type Manifest, render } from "./helm.ts";
import {
  type Container,
  environmentOf,
  objectNamed,
  podsOf,
  type SecretReference,
} from "./manifests.ts";

/** Plausible content of the Secrets that a user has. */
function secretOf({ key }: SecretReference): string {
  if (key === "url") return "rediss://mutt:url-secret@redis.example.net:6380/2";
  if (key === "otlp-headers") return "x-token=secret%20of%20the%20collector";
  return `secret-of-${key}`;
}

function containerOf(manifests: readonly Manifest[], app: AppName): Container {
  const pod = podsOf(manifests).find(({ spec }) => spec.containers[0]?.name === app);
  const [container] = pod?.spec.containers ?? [];
  if (container === undefined) throw new Error(`no pod runs ${app}`);
  return container;
}

describe.skipIf(HELM === "").each(CASES)("with the values of $name", async ({ file }) => {
  const manifests = HELM === "" ? [] : await render({ files: [file] });

  test.each(APP_NAMES)("%s reads every variable that it is given", (app) => {
    const container = containerOf(manifests, app);
    const env = environmentOf(container, manifests, secretOf);
    // A variable may also be there for another one to be made of.
    const text = JSON.stringify(container.env);
    const unread = Object.keys(env).filter(
      (name) => !variablesReadBy(app).has(name) && !text.includes(`$(${name})`),
    );
    expect(unread).toEqual([]);
  });

  test.each(APP_NAMES)("%s accepts them", (app) => {
    const env = environmentOf(containerOf(manifests, app), manifests, secretOf);
    const parsed: { HOST: string; QUEUE_PREFIX: string } = parseEnv(schemaOf(app), env);
    expect(parsed.HOST).toBe("0.0.0.0");
    expect(parsed.QUEUE_PREFIX).toBe(env.QUEUE_PREFIX);
  });

  test("every file that a variable names is mounted", () => {
    for (const { spec } of podsOf(manifests)) {
      const [container] = spec.containers;
      for (const { name, value = "" } of container?.env ?? []) {
        if (!name.endsWith("_FILE")) continue;
        const mount = container?.volumeMounts?.find(({ mountPath }) =>
          value.startsWith(`${mountPath}/`),
        );
        const volume = spec.volumes?.find((one) => one.name === mount?.name);
        const files = volume?.secret?.items.map(({ path }) => `${mount?.mountPath}/${path}`);
        expect(files, name).toContain(value);
      }
    }
  });

  test("all apps are told the same of Redis", () => {
    const told = APP_NAMES.map((app) => {
      const env = environmentOf(containerOf(manifests, app), manifests, secretOf);
      const shared = Object.entries(env).filter(([name]) => /^(REDIS_|QUEUE_PREFIX)/.test(name));
      return Object.fromEntries(shared);
    });
    for (const one of told) expect(one).toEqual(told[0]);
  });
});

describe.skipIf(HELM === "")("where Redis is", () => {
  const settingsWith = async (name: string, set: string[] = []) => {
    const manifests = await render({ files: [caseNamed(name).file], set });
    const env = environmentOf(containerOf(manifests, "alerter"), manifests, secretOf);
    // The files are in the pod, not here.
    const { REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE, ...rest } = env;
    return redisSettings({ ...parseEnv(RedisEnv, rest), QUEUE_PREFIX: rest.QUEUE_PREFIX });
  };

  test("comes from host, port and database, with the password of a Secret", async () => {
    expect(await settingsWith("keda")).toEqual({
      host: "redis.example.net",
      port: 6379,
      db: 3,
      username: "mutt",
      password: "secret-of-password",
    });
  });

  test("keeps every character of a password in the values", async () => {
    expect(await settingsWith("full")).toMatchObject({ password: "p@ss/word #1 100%" });
    expect(await settingsWith("valkey")).toMatchObject({
      host: "test-valkey.alerts.svc",
      password: "a password with / and # and 100%",
    });
  });

  test("needs no password", async () => {
    const { password, username } = await settingsWith("hpa");
    expect([username, password]).toEqual([undefined, undefined]);
  });

  test("comes whole from a Secret, with TLS files beside it", async () => {
    expect(await settingsWith("tls")).toEqual({
      host: "redis.example.net",
      port: 6380,
      db: 2,
      username: "mutt",
      password: "url-secret",
      tls: {},
    });
  });

  test("comes from Sentinels", async () => {
    expect(await settingsWith("sentinel")).toMatchObject({
      password: "secret-of-password",
      tls: {},
      sentinels: {
        name: "mymaster",
        addresses: [0, 1, 2].map((at) => ({ host: `sentinel-${at}.redis.svc`, port: 26_379 })),
      },
    });
  });

  test("may be an address of IPv6", async () => {
    expect(await settingsWith("hpa", ["redis.host=fd00::1"])).toMatchObject({ host: "fd00::1" });
  });
});

describe.skipIf(HELM === "")("where traces go", () => {
  const settingsOf = async (name: string, app: AppName) => {
    const manifests = await render({ files: [caseNamed(name).file] });
    const env = environmentOf(containerOf(manifests, app), manifests, secretOf);
    return tracingSettings(parseEnv(TracingEnv, env));
  };

  test.each(["ingestor", "alerter", "forwarder"] as const)("is known to the %s", async (app) => {
    expect(await settingsOf("full", app)).toEqual({
      url: "http://collector.monitoring.svc:4318/v1/traces",
      headers: { "x-token": "secret of the collector" },
      serviceName: undefined,
      sampler: "parentbased_traceidratio",
      ratio: 0.05,
    });
  });

  test("is nowhere unless it is set", async () => {
    expect(await settingsOf("minimal", "forwarder")).toBeUndefined();
  });
});

describe.skipIf(HELM === "")("run-time settings", () => {
  test("arrive as they were written", async () => {
    const manifests = await render({ files: [caseNamed("full").file] });
    const env = environmentOf(containerOf(manifests, "ingestor"), manifests, secretOf);
    const read = SETTING_KEYS.flatMap((key) => {
      const text = env[key.toUpperCase()];
      return text === undefined ? [] : [[key, SETTINGS[key].schema.parse(text)]];
    });
    expect(Object.fromEntries(read)).toEqual({
      max_ingest_queue_size: 1_000_000,
      slo_ingest_success_target: 0.995,
      remediation_enabled: true,
      alerter_shed_mode: "defer",
    });
  });
});

describe.skipIf(HELM === "")("pods are made anew", () => {
  const annotations = async (set: string[]) => {
    const manifests = await render({ files: [caseNamed("full").file], set });
    const { spec } = objectNamed(manifests, "Deployment", "pages-forwarder");
    const { template } = spec as { template: { metadata: { annotations: object } } };
    return template.metadata.annotations;
  };

  test.each([
    ["for a changed setting", ["settings.moog_rate_limit=7"], false],
    ["for a changed key of the webhook", ["moog.apiKey=another"], false],
    ["for a changed password of Redis", ["redis.password=another"], false],
    [
      "not for changed keys of senders, which are read again",
      ["ingestKeys.value=a:0123456789abcdef"],
      true,
    ],
  ])("%s", async (_title, set, isSame) => {
    const [before, after] = [await annotations([]), await annotations(set)];
    if (isSame) expect(after).toEqual(before);
    else expect(after).not.toEqual(before);
  });
});

test.skipIf(HELM === "")("the in-tree Valkey keeps what it is given", async () => {
  const manifests = await render({ files: [caseNamed("valkey").file] });
  const config = objectNamed(manifests, "ConfigMap", "test-valkey");
  const { "valkey.conf": text = "" } = config.data as Record<string, string>;
  const directives = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(directives).toEqual([
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory-policy noeviction",
    "maxmemory 1gb",
    'save ""',
  ]);
  const { volumeClaimTemplates } = objectNamed(manifests, "StatefulSet", "test-valkey").spec as {
    volumeClaimTemplates: { metadata: { name: string } }[];
  };
  expect(volumeClaimTemplates.map(({ metadata }) => metadata.name)).toEqual(["data"]);
});
