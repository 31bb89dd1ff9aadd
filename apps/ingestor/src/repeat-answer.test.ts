import { expect, test } from "vitest";
import { compactAnswer, expandAnswer } from "./repeat-answer.ts";

const eventId = (index: number) => `id-${index}`;

test("a list answer is made whole again from what was kept", () => {
  const error = { status: 400 as const, field: "hostname", detail: "missing" };
  const answer = {
    status: 202,
    body: {
      status: "queued",
      accepted: 2,
      rejected: 1,
      results: [
        { index: 0, status: "queued", id: "id-0" },
        { index: 1, status: "rejected", error },
        { index: 2, status: "queued", id: "id-2" },
      ],
      queue_depth: 2,
    },
  };
  const kept = compactAnswer(answer);
  expect(JSON.stringify(kept)).not.toContain("id-2");
  expect(expandAnswer(JSON.parse(JSON.stringify(kept)), eventId)).toEqual(answer);
});

test("the answer to a single event is kept as it is", () => {
  const answer = { status: 202, body: { status: "queued", id: "id-0", queue_depth: 1 } };
  expect(compactAnswer(answer)).toEqual(answer);
  expect(expandAnswer(answer, eventId)).toEqual(answer);
});
