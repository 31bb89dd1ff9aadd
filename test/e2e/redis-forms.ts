// Redis in the forms that its users run it in, each started from the redis-server program on loopback ports.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureRedisServer, freeLoopbackPort } from "@mutt/private-redis";
import { waitFor } from "@mutt/testkit";
import { Cluster, Redis } from "ioredis";

const run = promisify(execFile);

/** A Redis in some form: how the apps reach it, and a way in for the test. */
export interface RedisForm extends AsyncDisposable {
  /** Variables of the apps. */
  env: Record<string, string>;
  /** Closed together with the servers. */
  client(): Redis;
}

/** One redis-server process. */
interface Server {
  port: number;
  process: ChildProcess;
  exited: Promise<void>;
}

const PASSWORD = "form-password-0123456789";

/** Starts servers in one directory and ends them with it. */
async function createServers(name: string) {
  const { command } = await ensureRedisServer({ log: () => {} });
  const dir = await mkdtemp(join(tmpdir(), `mutt-${name}-`));
  const servers: Server[] = [];
  const clients: { disconnect(): void }[] = [];
  const killAll = () => {
    for (const { process: child } of servers) child.kill("SIGKILL");
  };
  process.once("exit", killAll);
  return {
    dir,
    async start(lines: string[], args: string[] = []): Promise<Server> {
      const port = await freeLoopbackPort();
      const home = join(dir, String(port));
      await mkdir(home);
      const file = join(home, "redis.conf");
      const common = ["bind 127.0.0.1", `dir ${home}`, 'save ""', "daemonize no"];
      await writeFile(
        file,
        [...common, ...lines.map((line) => line.replaceAll("PORT", String(port)))].join("\n"),
      );
      const child = spawn(command, [file, ...args], { stdio: "ignore" });
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const server = { port, process: child, exited };
      servers.push(server);
      return server;
    },
    keep<T extends { disconnect(): void; on(event: "error", listener: () => void): unknown }>(
      client: T,
    ): T {
      client.on("error", () => {});
      clients.push(client);
      return client;
    },
    async stop(): Promise<void> {
      process.off("exit", killAll);
      for (const client of clients) client.disconnect();
      killAll();
      await Promise.all(servers.map(({ exited }) => exited));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const DATA = ["maxmemory-policy noeviction", "appendonly yes", "appendfsync no"];

async function untilReady(client: Redis): Promise<void> {
  await waitFor(
    () =>
      client.ping().then(
        (answer) => answer === "PONG",
        () => false,
      ),
    {
      what: "the server answers",
      timeoutMs: 20_000,
    },
  );
}

/** TLS with a CA of its own and a client certificate, and a user with a password (ACL) instead of the default one. */
export async function startTlsRedis(): Promise<RedisForm> {
  const servers = await createServers("tls");
  const [ca, server, client] = await makeCertificates(servers.dir);
  const user = "mutt";
  const { port } = await servers.start([
    "port 0",
    "tls-port PORT",
    `tls-ca-cert-file ${ca.cert}`,
    `tls-cert-file ${server.cert}`,
    `tls-key-file ${server.key}`,
    "tls-auth-clients yes",
    "user default off",
    `user ${user} on >${PASSWORD} ~* &* +@all`,
    ...DATA,
  ]);
  const tls = {
    ca: await readFile(ca.cert),
    cert: await readFile(client.cert),
    key: await readFile(client.key),
  };
  const open = () =>
    servers.keep(
      new Redis({
        host: "127.0.0.1",
        port,
        username: user,
        password: PASSWORD,
        tls,
        maxRetriesPerRequest: null,
      }),
    );
  await untilReady(open());
  return {
    env: {
      REDIS_URL: `rediss://${user}:${PASSWORD}@127.0.0.1:${port}`,
      REDIS_TLS_CA_FILE: ca.cert,
      REDIS_TLS_CERT_FILE: client.cert,
      REDIS_TLS_KEY_FILE: client.key,
    },
    client: open,
    [Symbol.asyncDispose]: servers.stop,
  };
}

interface Certificate {
  cert: string;
  key: string;
}

async function makeCertificates(dir: string): Promise<[Certificate, Certificate, Certificate]> {
  const of = (name: string) => ({ cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) });
  const ca = of("ca");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run("openssl", [
    ...["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=mutt test CA"],
    ...["-keyout", ca.key, "-out", ca.cert],
  ]);
  const sign = async (name: string): Promise<Certificate> => {
    const { cert, key } = of(name);
    const request = join(dir, `${name}.csr`);
    const extensions = join(dir, `${name}.ext`);
    await writeFile(extensions, "subjectAltName=IP:127.0.0.1,DNS:localhost");
    await run("openssl", [
      "req",
      ...newKey,
      "-subj",
      `/CN=${name}`,
      "-keyout",
      key,
      "-out",
      request,
    ]);
    await run("openssl", [
      ...["x509", "-req", "-in", request, "-CA", ca.cert, "-CAkey", ca.key, "-CAcreateserial"],
      ...["-days", "2", "-extfile", extensions, "-out", cert],
    ]);
    return { cert, key };
  };
  return [ca, await sign("server"), await sign("client")];
}

/** A master, two replicas and three Sentinels that watch them. */
export async function startSentinels(): Promise<RedisForm & { killMaster(): Promise<void> }> {
  const servers = await createServers("sentinel");
  const auth = [`requirepass ${PASSWORD}`, `masterauth ${PASSWORD}`];
  const data = ["port PORT", ...auth, ...DATA, "repl-diskless-sync-delay 0"];
  const master = await servers.start(data);
  const replicas = await Promise.all(
    [1, 2].map(() => servers.start([...data, `replicaof 127.0.0.1 ${master.port}`])),
  );
  const nodes = [master, ...replicas];
  const to = (port: number) =>
    servers.keep(
      new Redis({
        host: "127.0.0.1",
        port,
        password: PASSWORD,
        maxRetriesPerRequest: null,
      }),
    );
  const first = to(master.port);
  await waitFor(async () => (await first.info("replication")).includes("connected_slaves:2"), {
    what: "two replicas follow",
    timeoutMs: 30_000,
  });
  const sentinels = await Promise.all(
    [1, 2, 3].map(() =>
      servers.start(
        [
          "port PORT",
          `sentinel monitor mutt 127.0.0.1 ${master.port} 2`,
          `sentinel auth-pass mutt ${PASSWORD}`,
          "sentinel down-after-milliseconds mutt 1000",
          "sentinel failover-timeout mutt 5000",
          "sentinel parallel-syncs mutt 2",
        ],
        ["--sentinel"],
      ),
    ),
  );
  const list = sentinels.map(({ port }) => ({ host: "127.0.0.1", port }));
  const sentinel = servers.keep(new Redis({ port: list[0]?.port ?? 0 }));
  await waitFor(
    async () => {
      const known = (await sentinel.call("SENTINEL", "master", "mutt").catch(() => [])) as string[];
      const of = (name: string) => Number(known[known.indexOf(name) + 1]);
      return of("num-other-sentinels") === 2 && of("num-slaves") === 2;
    },
    { what: "the Sentinels know each other and the replicas", timeoutMs: 30_000 },
  );
  return {
    env: {
      REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:1`,
      REDIS_SENTINELS: list.map(({ host, port }) => `${host}:${port}`).join(","),
      REDIS_SENTINEL_NAME: "mutt",
    },
    client: () =>
      servers.keep(
        new Redis({
          sentinels: list,
          name: "mutt",
          password: PASSWORD,
          maxRetriesPerRequest: null,
        }),
      ),
    async killMaster() {
      // Nobody waits for replication: what was acknowledged in the last moment dies with a master. So writes are held back,
      // in mid-stream, until what was acknowledged has reached the replicas.
      await first.call("CLIENT", "PAUSE", "30000", "WRITE");
      const reached = await first.call("WAIT", "2", "20000");
      if (reached !== 2) throw new Error(`only ${reached} replicas have everything`);
      const [server] = nodes.filter(({ port }) => port === master.port);
      server?.process.kill("SIGKILL");
      await server?.exited;
    },
    [Symbol.asyncDispose]: servers.stop,
  };
}

/** Three masters that share the slots. */
export async function startCluster(): Promise<
  RedisForm & { nodeOf(key: string): Promise<number> }
> {
  const servers = await createServers("cluster");
  const nodes = await Promise.all(
    [1, 2, 3].map(() =>
      servers.start([
        "port PORT",
        `requirepass ${PASSWORD}`,
        `masterauth ${PASSWORD}`,
        "cluster-enabled yes",
        "cluster-node-timeout 3000",
        ...DATA,
      ]),
    ),
  );
  for (const { port } of nodes) {
    const node = servers.keep(new Redis({ port, password: PASSWORD, maxRetriesPerRequest: null }));
    await untilReady(node);
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const cli = ["-a", PASSWORD, "--no-auth-warning", "--cluster", "create", ...addresses];
  await run("redis-cli", [...cli, "--cluster-yes"]);
  const open = () =>
    servers.keep(
      new Cluster(
        nodes.map(({ port }) => ({ host: "127.0.0.1", port })),
        { redisOptions: { password: PASSWORD } },
      ),
    );
  const cluster = open();
  await waitFor(
    () =>
      cluster.set("ready", "1").then(
        () => true,
        () => false,
      ),
    { what: "the Cluster takes writes", timeoutMs: 30_000 },
  );
  return {
    env: {
      REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:1`,
      REDIS_CLUSTER_NODES: addresses.join(","),
    },
    client: () => open() as unknown as Redis,
    async nodeOf(key) {
      const counts = await Promise.all(
        cluster
          .nodes("master")
          .map(async (node) => [node.options.port, await node.exists(key).catch(() => 0)]),
      );
      return counts.find(([, found]) => found === 1)?.[0] ?? 0;
    },
    [Symbol.asyncDispose]: servers.stop,
  };
}
