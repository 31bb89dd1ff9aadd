import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { settlePorts } from "./ports.ts";

const zero = { ingestor: 0, alerter: 0, forwarder: 0, remediation: 0, admin: 0, receiver: 0 };
const services = ["ingestor", "alerter"] as const;

async function takePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

test("gives free ports to those that ask for 0", async () => {
  const ports = await settlePorts(zero, { host: "127.0.0.1", services });
  expect(ports.ingestor).toBeGreaterThan(0);
  expect(ports.alerter).not.toBe(ports.ingestor);
});

test("names port, variable and cure for each port in use, on one line each", async () => {
  const port = await takePort();
  const settled = settlePorts({ ...zero, ingestor: port }, { host: "127.0.0.1", services });
  await expect(settled).rejects.toThrow(
    new RegExp(`^port ${port} of the ingestor \\(INGESTOR_PORT\\) is in use.*INGESTOR_PORT=\\d+$`),
  );
});

test("looks only at the ports of the services that will run", async () => {
  const port = await takePort();
  await settlePorts({ ...zero, receiver: port }, { host: "127.0.0.1", services });
});

test("refuses one port for two services", async () => {
  const port = await takePort();
  const same = { ...zero, ingestor: port + 1, alerter: port + 1 };
  await expect(settlePorts(same, { host: "127.0.0.1", services })).rejects.toThrow(
    "(ALERTER_PORT) is also that of the ingestor (INGESTOR_PORT)",
  );
});

test("names HOST when it is no address of this machine", async () => {
  await expect(settlePorts(zero, { host: "192.0.2.1", services })).rejects.toThrow(
    "HOST=192.0.2.1",
  );
});
