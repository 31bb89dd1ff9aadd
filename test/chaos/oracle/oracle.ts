import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../random.ts";
import { drawRequest } from "./draw-request.ts";
import { sendUntilAccepted } from "./send.ts";
import type { SentRequest } from "./sent.ts";

/** Requests under way at most, and loops that make them. */
const SENDERS = 6;

/** Milliseconds between two requests of one sender, at least and at most. */
const PAUSE_MS = [60, 300] as const;

/** How long a sender goes on with its last request after the end, in milliseconds. */
const LAST_REQUEST_MS = 60_000;

/** Several senders that know exactly what was promised to them. */
export interface Oracle {
  /** Everything sent so far. */
  requests: readonly SentRequest[];
  /** Ends the streams; resolves when what was begun is accepted, or will never be. */
  stop(): Promise<void>;
}

/** Starts the senders; the events are drawn from the seed, when they are sent depends on the answers. */
export function startOracle(seed: number, ingestors: () => readonly string[]): Oracle {
  const requests: SentRequest[] = [];
  const stopping = new AbortController();
  const givenUp = new AbortController();
  let turn = 0;

  const urlOf = (): string | undefined => {
    const urls = ingestors();
    return urls[turn++ % Math.max(1, urls.length)];
  };

  async function runSender(sender: number): Promise<void> {
    const random = createRandom(`oracle ${seed}`).fork(`sender ${sender}`);
    let marks = 0;
    const mark = () => `mark-${seed}-${sender}-${marks++}`;
    while (!stopping.signal.aborted) {
      const id = requests.length;
      const drawn = drawRequest(random, sender, mark, `${seed}-${id}`);
      const request: SentRequest = { id, sender, ...drawn, attempts: [] };
      requests.push(request);
      await sendUntilAccepted(request, urlOf, givenUp.signal);
      await sleep(random.integer(...PAUSE_MS));
    }
  }

  const running = Promise.all(Array.from({ length: SENDERS }, (_, sender) => runSender(sender)));
  // Whoever stops it hears of it.
  running.catch(() => {});
  return {
    requests,
    async stop() {
      stopping.abort();
      const timer = setTimeout(() => givenUp.abort(), LAST_REQUEST_MS);
      await running;
      clearTimeout(timer);
    },
  };
}
