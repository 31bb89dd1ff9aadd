/** One way of loading a system. */
export interface Step {
  name: string;
  title: string;
  perPost: "single" | number;
  forwardEvery: number;
  connections: number;
  /** Open loop; without it the load is as much as the system takes. */
  postsPerSecond?: number;
}

/** Connections that post single events. */
const SINGLE_CONNECTIONS = 64;

const LIST = 100;
const LIST_CONNECTIONS = 8;

/**
 * The steps, in the order they are taken and reported. The steady one comes last: a service that has run for a
 * while is warm, and saturation before it warms up everybody alike.
 */
export const STEPS = [
  {
    name: "singles-all",
    title: "single posts at saturation, every event forwarded",
    perPost: "single",
    forwardEvery: 1,
    connections: SINGLE_CONNECTIONS,
  },
  {
    name: "lists-all",
    title: "posts of 100 at saturation, every event forwarded",
    perPost: LIST,
    forwardEvery: 1,
    connections: LIST_CONNECTIONS,
  },
  {
    name: "singles-1in20",
    title: "single posts at saturation, one event in twenty forwarded",
    perPost: "single",
    forwardEvery: 20,
    connections: SINGLE_CONNECTIONS,
  },
  {
    name: "lists-1in20",
    title: "posts of 100 at saturation, one event in twenty forwarded",
    perPost: LIST,
    forwardEvery: 20,
    connections: LIST_CONNECTIONS,
  },
  {
    name: "steady-200",
    title: "200 single posts/s at random times, every event forwarded",
    perPost: "single",
    forwardEvery: 1,
    connections: SINGLE_CONNECTIONS,
    postsPerSecond: 200,
  },
] as const satisfies Step[];

/** The name of a step. */
export type StepName = (typeof STEPS)[number]["name"];
