import type { IngestJob } from "@mutt/queues";
import type { Admission, Admit } from "./admission.ts";
import { packChunks, type SizedEvent } from "./chunks.ts";

/** The way of accepted events into the queue. */
export interface Intake {
  /**
   * Hands over the events of one request, as a whole. Resolves after Redis has them, or with the reason
   * why they may not enter; rejects when Redis could not be reached (they may or may not be stored).
   * Aborting `givenUp` while they still wait for their turn keeps them out for good.
   */
  submit(events: SizedEvent[], givenUp: AbortSignal): Promise<Admission>;
}

/** What the intake needs. */
export interface IntakeDeps {
  admit: Admit;
  addChunks(chunks: IngestJob[]): Promise<void>;
  /** Takes back what admission counted, when the add failed. */
  release(events: number): void;
}

interface Submission {
  events: SizedEvent[];
  givenUp: AbortSignal;
  settle: PromiseWithResolvers<Admission>;
}

/**
 * Flushes under way at most. One that runs while the next gathers makes batches grow with the load and keeps
 * a lone request fast: nothing waits for a timer.
 */
const MAX_FLUSHES = 3;

/** Requests that share one flush at most; bounds the size of one pipeline. */
const MAX_FLUSH_EVENTS = 2000;

/** Makes an intake in which concurrent requests share one decision and one `addBulk`. */
export function createIntake(deps: IntakeDeps): Intake {
  let pending: Submission[] = [];
  let flushes = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || flushes >= MAX_FLUSHES || pending.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void flushPending();
    });
  }

  async function flushPending(): Promise<void> {
    const batch = takeBatch();
    if (batch.length === 0) return;
    flushes++;
    schedule();
    try {
      await flush(deps, batch);
    } catch (error) {
      // A defect in one flush must not hold a place for ever.
      for (const { settle } of batch) settle.reject(error);
    } finally {
      flushes--;
      schedule();
    }
  }

  function takeBatch(): Submission[] {
    // Their senders were told to send again: what would come in now would come in twice.
    for (const { givenUp, settle } of pending) if (givenUp.aborted) settle.reject(givenUp.reason);
    pending = pending.filter(({ givenUp }) => !givenUp.aborted);
    let events = 0;
    let end = 0;
    while (end < pending.length && (end === 0 || events < MAX_FLUSH_EVENTS)) {
      events += pending[end]?.events.length ?? 0;
      end++;
    }
    const batch = pending.slice(0, end);
    pending = pending.slice(end);
    return batch;
  }

  return {
    submit(events, givenUp) {
      const settle = Promise.withResolvers<Admission>();
      pending.push({ events, givenUp, settle });
      schedule();
      return settle.promise;
    },
  };
}

/** Decides, adds, then answers: never rejects itself, since every submission has its own promise. */
async function flush(deps: IntakeDeps, batch: Submission[]): Promise<void> {
  const counts = batch.map((submission) => submission.events.length);
  const admissions = await deps.admit(counts);
  const admitted = batch.filter((_, index) => admissions[index]?.verdict === "admitted");
  const events = admitted.flatMap((submission) => submission.events);
  try {
    if (events.length > 0) await deps.addChunks(packChunks(events));
  } catch (error) {
    deps.release(events.length);
    for (const submission of admitted) submission.settle.reject(error);
  }
  batch.forEach((submission, index) => {
    const admission = admissions[index];
    if (admission) submission.settle.resolve(admission);
  });
}
