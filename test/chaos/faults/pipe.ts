import type { Writable } from "node:stream";

/** One direction of a connection. */
export interface Pipe {
  push(chunk: Buffer): void;
  /** Keeps what comes until `resume`. */
  hold(): void;
  resume(): void;
  /** Lets everything vanish from now on. */
  die(): void;
}

/** Makes a pipe that passes chunks on in their order, each after what `waitMs` gives at that time. */
export function createPipe(to: Pick<Writable, "write" | "writable">, waitMs: () => number): Pipe {
  let state: "open" | "held" | "dead" = "open";
  let queue: { chunk: Buffer; dueAt: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    if (state !== "open") return;
    const now = performance.now();
    let head = queue[0];
    while (head !== undefined && head.dueAt <= now) {
      if (to.writable) to.write(head.chunk);
      queue.shift();
      head = queue[0];
    }
    if (head === undefined || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      pump();
    }, head.dueAt - now);
    timer.unref();
  }

  return {
    push(chunk) {
      if (state === "dead") return;
      // Whatever was put off before this one goes first.
      const earliest = queue.at(-1)?.dueAt ?? 0;
      queue.push({ chunk, dueAt: Math.max(performance.now() + waitMs(), earliest) });
      pump();
    },
    hold() {
      if (state === "open") state = "held";
    },
    resume() {
      if (state === "held") state = "open";
      pump();
    },
    die() {
      state = "dead";
      queue = [];
    },
  };
}
