import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { type LedgerWriter, QUEUE_NAMES, type QueueName } from "@mutt/queues";
import type { Redactor } from "@mutt/service";
import ejs from "ejs";
import { type RequestHandler, Router } from "express";
import type { Redis } from "ioredis";
import { asProblem } from "../api/problems.ts";
import { type Door, demandRole } from "../auth/door.ts";
import type { Identity } from "../auth/sessions.ts";
import type { OpenQueues } from "../open-queues.ts";
import { BOARD_POLICY, securityHeaders } from "../security-headers.ts";
import { createBoardHooks } from "./board-hooks.ts";

/** What Bull Board is built from. */
export interface BoardDeps {
  redis: Redis;
  prefix: string;
  queues: OpenQueues;
  ledger: Pick<LedgerWriter, "count">;
  redactor: Redactor;
  door: Door;
  ping(): Promise<unknown>;
  /** Where browsers reach the app; empty for the root. */
  basePath: string;
  /** What this installation calls itself. */
  environment: string | undefined;
}

const DESCRIPTIONS: Record<QueueName, string> = {
  ingest: "Chunks of events that wait for the alerter. Live: read-only here.",
  alert: "Deliveries that wait for the forwarder. Live: read-only here.",
  "dlq-alerter": "Events that were shed or that the alerter gave up on. Retry replays one.",
  "dlq-forwarder": "Alerts that could not be delivered. Retry replays one.",
  "dlq-dead": "Alerts that are out of replays. Retry grants one more.",
};

/** Colour of the label of the environment. */
const LABEL_COLOUR = "#b45309";

/**
 * Makes the routes under `/queues`: Bull Board behind the door. Who may not come in and asks for a page is sent to the
 * sign-in; live queues are read-only, the others as `VERBS` says.
 */
export function createBoardRoutes(deps: BoardDeps): Router {
  const identities = new WeakMap<object, Identity>();
  const router = Router();
  router.use("/queues", securityHeaders(BOARD_POLICY), enter(deps, identities));
  router.use("/queues", createBoard(deps, identities));
  return router;
}

function enter(
  { door, ping, basePath }: BoardDeps,
  identities: WeakMap<object, Identity>,
): RequestHandler {
  return async (request, response, next) => {
    const isApi = request.path.startsWith("/api/");
    try {
      const { identity } = await door.enter(request);
      demandRole(identity, "viewer");
      identities.set(request.headers, identity);
      if (isApi) await ping();
    } catch (error) {
      const problem = asProblem(error) as { problem?: { status: number } };
      const isPage =
        request.method === "GET" && !isApi && request.accepts(["json", "html"]) === "html";
      if (problem.problem?.status !== 401 || !isPage) throw problem;
      response.redirect(303, `${basePath}/login?next=${encodeURIComponent(request.originalUrl)}`);
      return;
    }
    next();
  };
}

function createBoard(deps: BoardDeps, identities: WeakMap<object, Identity>): RequestHandler {
  const { basePath, environment, queues, redactor } = deps;
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(`${basePath}/queues`);
  createBullBoard({
    queues: QUEUE_NAMES.map((name) => {
      const isLive = !name.startsWith("dlq-");
      const adapter = new BullMQAdapter(queues[name], {
        readOnlyMode: isLive,
        description: DESCRIPTIONS[name],
        // The part before the dash becomes the group of the dead letters.
        ...(isLive ? {} : { delimiter: "-", externalJobUrl: linkToEntry(basePath, name) }),
      });
      adapter.setFormatter("data", (data) => redactor.value(data));
      return adapter;
    }),
    serverAdapter,
    options: {
      handlerHooks: createBoardHooks({
        ...deps,
        identityOf: (headers) => identities.get(headers),
      }) as never,
      uiConfig: {
        boardTitle: "MUTT queues",
        hideDocsLink: true,
        showWorkers: false,
        overview: { groupByDelimiter: true },
        miscLinks: [
          { text: "Console", url: `${basePath}/` },
          { text: "Redrives", url: `${basePath}/dead-letters` },
        ],
        ...(environment === undefined
          ? {}
          : { environment: { label: environment, color: LABEL_COLOUR } }),
      },
    },
  });
  const app = serverAdapter.getRouter();
  app.disable("x-powered-by");
  app.engine("ejs", renderOffline);
  return app;
}

function linkToEntry(basePath: string, queue: QueueName) {
  return (job: { id?: unknown }) => ({
    href: `${basePath}/dead-letters/${queue}/${encodeURIComponent(String(job.id))}`,
    displayText: "Open in the console",
  });
}

/** The board's page asks another host for fonts and hangs where that is silent; inline styles break the page's policy. */
function renderOffline(
  file: string,
  data: object,
  done: (error: Error | null, html?: string) => void,
): void {
  ejs.renderFile(file, data, (error, html) => {
    const page = html
      ?.replace(/<link[^>]*fonts\.googleapis[^>]*>/g, "")
      .replace(/ style="[^"]*"/g, "");
    done(error, page);
  });
}
