import { defineConfig } from "vitest/config";

/** What is polled for may be late on a busy machine: how soon it comes is not what a test is about. */
const PATIENT = { expect: { poll: { timeout: 10_000 } } };

export default defineConfig({
  test: {
    // Four kinds one after the other: what is pure, what needs a server or a tool, what starts whole stacks, and what
    // looks at one through a browser, which wants the cores for itself.
    projects: [
      {
        test: {
          ...PATIENT,
          name: "unit",
          sequence: { groupOrder: 1 },
          include: ["{apps,libs}/*/src/**/*.test.ts", "test/{bench,chaos}/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "architecture",
          sequence: { groupOrder: 1 },
          include: ["test/architecture/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "integration",
          sequence: { groupOrder: 2 },
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "e2e",
          sequence: { groupOrder: 3 },
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each file starts whole stacks, which mostly wait; more than three at a time would fight for two cores.
          maxWorkers: 3,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "chart",
          sequence: { groupOrder: 2 },
          include: ["test/chart/**/*.test.ts"],
          globalSetup: ["test/chart/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "image",
          sequence: { groupOrder: 2 },
          include: ["test/image/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: "browser",
          sequence: { groupOrder: 4 },
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
