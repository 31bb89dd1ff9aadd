import { createServer } from "node:net";
import { freeLoopbackPort } from "@mutt/private-redis";
import { PORT_VARIABLES, type ServiceName } from "./services.ts";

type Ports = Record<ServiceName, number>;

/**
 * Settles the ports of the services before anything starts: gives a free one to each that asks for 0.
 * Throws one line per port that cannot be had, with the variable and a cure.
 */
export async function settlePorts(
  asked: Ports,
  options: { host: string; services: readonly ServiceName[] },
): Promise<Ports> {
  const ports = { ...asked };
  const problems: string[] = [];
  const takenBy = new Map<number, ServiceName>();
  for (const name of options.services) {
    const port = asked[name] || (await freeLoopbackPort());
    ports[name] = port;
    const twin = takenBy.get(port);
    takenBy.set(port, name);
    const problem = twin
      ? `is also that of the ${twin} (${PORT_VARIABLES[twin]})`
      : await listenProblem(port, options.host);
    if (problem) problems.push(await describe(name, port, problem));
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return ports;
}

async function describe(name: ServiceName, port: number, problem: string): Promise<string> {
  const variable = PORT_VARIABLES[name];
  const free = await freeLoopbackPort();
  return `port ${port} of the ${name} (${variable}) ${problem}: set ${variable} to another one, for example ${variable}=${free}`;
}

/** Why nothing can listen there; undefined when something can. */
export function listenProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(explain(error, host)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function explain(error: NodeJS.ErrnoException, host: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `is in use on ${host}`;
    case "EACCES":
      return "is one that only root may listen on";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `cannot be used, HOST=${host} is no address of this machine`;
    default:
      return `cannot be used (${error.message})`;
  }
}
