import type { PayloadShape } from "./payload.ts";

/** What the load process is to send, and when to stop: whichever of the bounds is reached first. */
export interface LoadOrder {
  /** Each connection stays with one of them; they get equal shares of the connections. */
  urls: readonly string[];
  headers: Record<string, string>;
  shape: PayloadShape;
  run: number;
  forwardEvery: number;
  /** Events of one post: a single object, or an array of so many. */
  perPost: "single" | number;
  connections: number;
  maxEvents: number;
  maxMs: number;
  /** Posts per second at random times (open loop); without it each connection posts as fast as it is answered. */
  postsPerSecond?: number;
}

/** What came of it; times are on the machine's monotonic clock. */
export interface LoadResult {
  events: number;
  posts: number;
  /** Posts that were not answered with a 2xx, and the first such status. */
  refusedPosts: number;
  firstRefusal: number | undefined;
  firstSendMs: number;
  lastAnswerMs: number;
  /** When each event was sent, or in an open loop was due to be sent. */
  sentMs: Float64Array;
  /** Processor time of the load process. */
  cpuMs: number;
  bodyBytes: number;
}
