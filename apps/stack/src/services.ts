import { fileURLToPath } from "node:url";

/** The apps of the pipeline, in the order in which they are reported. */
export const APPS = ["ingestor", "alerter", "forwarder", "remediation", "admin"] as const;

/** One app of the pipeline. */
export type AppName = (typeof APPS)[number];

/** Everything that runs from `apps/<name>/src/main.ts` under `npm start`. */
export type ServiceName = AppName | "receiver";

/** The variable that holds the port of each service. */
export const PORT_VARIABLES = {
  ingestor: "INGESTOR_PORT",
  alerter: "ALERTER_PORT",
  forwarder: "FORWARDER_PORT",
  remediation: "REMEDIATION_PORT",
  admin: "ADMIN_PORT",
  receiver: "SINK_PORT",
} as const satisfies Record<ServiceName, string>;

/** The root of the checkout, absolute. */
export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** The entry file of a service, absolute. */
export function mainFileOf(name: ServiceName): string {
  return fileURLToPath(new URL(`../../${name}/src/main.ts`, import.meta.url));
}

/** Says whether a text names an app of the pipeline. */
export function isAppName(text: string): text is AppName {
  return (APPS as readonly string[]).includes(text);
}
