// What the tests read out of rendered manifests.
import type { Manifest } from "./helm.ts";

/** A reference to one key of a Secret. */
export interface SecretReference {
  name: string;
  key: string;
}

/** One variable of a container. */
interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: SecretReference };
}

interface Probe {
  httpGet?: { path: string; port: string };
}

/** A container, as far as it is looked at here. */
export interface Container {
  name: string;
  image: string;
  args?: string[];
  command?: string[];
  env?: Variable[];
  envFrom?: { configMapRef: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    privileged?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
  };
}

/** A pod, as far as it is looked at here. */
interface PodSpec {
  automountServiceAccountToken?: boolean;
  serviceAccountName?: string;
  terminationGracePeriodSeconds?: number;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: {
    runAsNonRoot?: boolean;
    runAsUser?: number;
    seccompProfile?: { type: string };
  };
  containers: Container[];
  initContainers?: Container[];
  volumes?: {
    name: string;
    secret?: { secretName: string; items: { key: string; path: string }[] };
    configMap?: { name: string };
    emptyDir?: object;
  }[];
  topologySpreadConstraints?: { labelSelector: Selector; whenUnsatisfiable: string }[];
}

/** A label selector of the plain kind. */
export interface Selector {
  matchLabels: Record<string, string>;
}

/** A pod that some object makes. */
export interface Pod {
  owner: Manifest;
  labels: Record<string, string>;
  spec: PodSpec;
}

/** The `spec` of an object, as whatever the caller knows it to be. */
export function specOf<T>(manifest: Manifest): T {
  return manifest.spec as T;
}

/** The objects of one kind. */
export function ofKind(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** One object; throws when it was not rendered. */
export function objectNamed(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} was rendered`);
  return found;
}

/** Every pod: of Deployments, of StatefulSets and bare ones. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.flatMap((owner) => {
    if (owner.kind === "Pod") {
      return [{ owner, labels: owner.metadata.labels ?? {}, spec: specOf<PodSpec>(owner) }];
    }
    if (owner.kind !== "Deployment" && owner.kind !== "StatefulSet") return [];
    const { template } = specOf<{
      template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    }>(owner);
    return [{ owner, labels: template.metadata.labels, spec: template.spec }];
  });
}

/** The component that an object belongs to; `undefined` for what belongs to none. */
export function componentOf(manifest: Manifest): string | undefined {
  return manifest.metadata.labels?.["app.kubernetes.io/component"];
}

/** Whether a selector takes these labels. */
export function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Every secret that anything refers to: variables, volumes, triggers of KEDA. */
export function secretReferences(manifests: readonly Manifest[]): SecretReference[] {
  const ofPods = podsOf(manifests).flatMap(({ spec }) => [
    ...spec.containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
    ),
    ...(spec.volumes ?? []).flatMap(({ secret }) =>
      (secret?.items ?? []).map(({ key }) => ({ name: secret?.secretName ?? "", key })),
    ),
  ]);
  const ofTriggers = ofKind(manifests, "TriggerAuthentication").flatMap(
    (manifest) => specOf<{ secretTargetRef: SecretReference[] }>(manifest).secretTargetRef,
  );
  return [...ofPods, ...ofTriggers];
}

/** What rendered Secrets hold, by name and key. */
export function secretValues(
  manifests: readonly Manifest[],
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    ofKind(manifests, "Secret").map((secret) => [
      secret.metadata.name,
      (secret.stringData ?? {}) as Record<string, string>,
    ]),
  );
}

/**
 * The environment of a container as Kubernetes makes it: ConfigMaps first, then its own variables with `$(NAME)`
 * filled in. A secret of the user's is what `secretOf` makes of its reference.
 */
export function environmentOf(
  container: Container,
  manifests: readonly Manifest[],
  secretOf: (reference: SecretReference) => string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    Object.assign(env, objectNamed(manifests, "ConfigMap", configMapRef.name).data);
  }
  const rendered = secretValues(manifests);
  for (const { name, value, valueFrom } of container.env ?? []) {
    const reference = valueFrom?.secretKeyRef;
    env[name] = reference
      ? (rendered[reference.name]?.[reference.key] ?? secretOf(reference))
      : (value ?? "").replace(/\$\((\w+)\)/g, (text, other: string) => env[other] ?? text);
  }
  return env;
}
