import { type Pipeline, startPipeline } from "@mutt/testkit";

/** Starts an ingestor on a Redis of its own, with no limit that could refuse what is not wrong. */
export async function startIngestor(): Promise<Pipeline> {
  return await startPipeline({
    testName: "fuzz ingest",
    apps: ["ingestor"],
    env: { INGEST_MAX_RATE: "0" },
  });
}
