// Values that must be refused, and what is then said.
import { describe, expect, test } from "vitest";
import { caseNamed } from "./cases.ts";
import { HELM, render } from "./helm.ts";

const MINIMAL = caseNamed("minimal").file;

describe.skipIf(HELM === "")("the schema refuses", () => {
  test.each([
    ["a misspelt key", "imgae.tag=1"],
    ["a misspelt key further down", "forwarder.autoscaling.maxReplica=3"],
    ["a misspelt key of an app that cannot be autoscaled", "remediation.autoscaling.mode=hpa"],
    ["a misspelt run-time setting", "settings.moog_rate_limt=5"],
    ["a run-time setting of the wrong kind", "settings.moog_rate_limit=fast"],
    ["no pods", "alerter.replicas=0"],
    ["half a pod", "alerter.replicas=1.5"],
    ["an autoscaler down to nothing", "forwarder.autoscaling.minReplicas=0"],
    ["an unknown autoscaler", "alerter.autoscaling.mode=vpa"],
    ["KEDA for an app without a queue", "ingestor.autoscaling.mode=keda"],
    ["a webhook that is no URL", "moog.webhookUrl=moog.example.net"],
    ["a webhook of another protocol", "moog.webhookUrl=ftp://moog.example.net"],
    ["a health URL that is none", "moog.healthUrl=yes"],
    ["a timeout that is too long", "moog.timeoutMs=600000"],
    ["a sender's secret that is too short", "ingestKeys.value=relay:short"],
    ["an operator's key without a role", "adminKeys.value=ops:0123456789abcdef"],
    ["an operator's key with an unknown role", "adminKeys.value=ops:root:0123456789abcdef"],
    ["a port out of range", "redis.port=70000"],
    ["a host with a scheme", "redis.host=redis://redis.example.net"],
    ["a Sentinel without a port", "redis.sentinel.addresses={sentinel-0}"],
    ["a prefix with a glob", "queuePrefix=mutt*"],
    ["an unknown level", "logLevel=verbose"],
    ["root", "runAsUser=0"],
    ["a digest that is none", "image.digest=latest"],
    ["an unknown pull policy", "image.pullPolicy=Sometimes"],
    ["an unknown type of Service", "admin.service.type=Public"],
    ["an Ingress host with a path", "ingress.ingestHost=events.example.net/api"],
    ["a base path that does not begin with a slash", "admin.basePath=mutt"],
    ["an interval without a unit", "metrics.serviceMonitor.interval=15"],
    ["a Prometheus with a password in its URL", "prometheusUrl=http://a:b@prometheus:9090"],
    ["a collector of traces without a scheme", "tracing.endpoint=collector:4318"],
    ["an unknown sampler", "tracing.sampler=sometimes"],
    ["more than all traces", "tracing.ratio=2"],
    ["a shutdown without an end", "shutdownTimeoutMs=0"],
    ["another strategy of spreading", "scheduling.spread.whenUnsatisfiable=Maybe"],
    ["a misspelt value of the in-tree Valkey", "valkey.enabled=true,valkey.persistance.size=1Gi"],
    ["an eviction policy for it", "valkey.enabled=true,valkey.maxmemoryPolicy=allkeys-lru"],
    ["an unknown appendfsync for it", "valkey.enabled=true,valkey.appendfsync=sometimes"],
  ])("%s", async (_title, set) => {
    await expect(render({ files: [MINIMAL], set: [set] })).rejects.toThrow(
      "values don't meet the specifications of the schema",
    );
  });
});

describe.skipIf(HELM === "")("an install fails with a sentence", () => {
  test("for each value that cannot be guessed", async () => {
    const error: Error = await render().then(
      () => new Error("it was rendered"),
      (refusal: Error) => refusal,
    );
    expect(error.message).toContain("moog.webhookUrl is missing");
    expect(error.message).toContain(
      "the key of the webhook is not known: set moog.existingSecret.name",
    );
    expect(error.message).toContain("the keys of senders are not known");
    expect(error.message).toContain("the keys of operators are not known");
    expect(error.message).toContain("there is no Redis: set redis.host");
    // Everything at once, and nothing but sentences.
    expect(error.message.match(/^ {2}- /gm)).toHaveLength(5);
  });

  test.each([
    [
      "two Redis",
      "valkey.enabled=true,valkey.auth.password=x",
      "more than one Redis is set, by valkey.enabled and redis.host",
    ],
    [
      "a host beside Sentinels",
      "redis.sentinel.addresses={a:1},redis.sentinel.masterName=m",
      "by redis.host and redis.sentinel.addresses",
    ],
    [
      "no password for the Valkey",
      "redis.host=,valkey.enabled=true",
      "the password of the in-tree Valkey is not known",
    ],
    [
      "two passwords",
      "redis.password=x",
      "redis.password and redis.existingSecret.name are both set",
    ],
    [
      "two keys of the webhook",
      "moog.apiKey=x",
      "moog.apiKey and moog.existingSecret.name are both set",
    ],
    [
      "Sentinels without a master",
      "redis.host=,redis.sentinel.addresses={a:1}",
      "redis.sentinel.masterName is missing",
    ],
    [
      "a Cluster without a hash tag",
      "redis.host=,redis.cluster.nodes={a:1}",
      'queuePrefix is "mutt": Redis Cluster needs it in braces',
    ],
    [
      "a Cluster with another database",
      "redis.host=,redis.cluster.nodes={a:1},redis.database=1",
      "Redis Cluster has database 0 only",
    ],
    [
      "half a client certificate",
      "redis.tls.enabled=true,redis.tls.existingSecret=t,redis.tls.certKey=c",
      "redis.tls.certKey and redis.tls.keyKey go together",
    ],
    ["TLS files without TLS", "redis.tls.existingSecret=t", "redis.tls.enabled is not: set it too"],
    [
      "a URL's key without its Secret",
      "redis.existingSecret.name=,redis.existingSecret.urlKey=url",
      "without redis.existingSecret.name",
    ],
    [
      "KEDA that cannot find Redis",
      "redis.host=,redis.existingSecret.urlKey=url,alerter.autoscaling.mode=keda",
      "KEDA cannot read the URL",
    ],
    [
      "bounds that are crossed",
      "forwarder.autoscaling.minReplicas=9",
      "forwarder.autoscaling.minReplicas is above maxReplicas",
    ],
    ["an Ingress to nowhere", "ingress.enabled=true", "nothing would be exposed"],
    [
      "a route without a Gateway",
      "gateway.enabled=true,gateway.ingestHosts={a.example.net}",
      "gateway.parentRefs is missing",
    ],
  ])("for %s", async (_title, set, sentence) => {
    await expect(render({ files: [MINIMAL], set: [set] })).rejects.toThrow(sentence);
  });
});
