/** What a child of the bench says first: it is ready, and how it is reached. */
export interface ReadyMessage<Ready> {
  ready: Ready;
}

/** An order from the bench to a child, and the answer with the same number. */
interface OrderMessage {
  id: number;
  order: unknown;
}

/** The answer to an order; `error` when it could not be carried out. */
export interface AnswerMessage {
  id: number;
  answer?: unknown;
  error?: string;
}

/**
 * The child's side: says that it is ready, then answers one order at a time or several at once, until the
 * bench goes away. A child never outlives the bench.
 */
export function takeOrders<Order>(
  ready: unknown,
  carryOut: (order: Order) => Promise<unknown> | unknown = refuse,
): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", ({ id, order }: OrderMessage) => {
    Promise.resolve(order as Order)
      .then(carryOut)
      .then((answer) => send({ id, answer }))
      .catch((error: unknown) => send({ id, error: String(error) }));
  });
  process.send?.({ ready } satisfies ReadyMessage<unknown>);
}

function send(message: AnswerMessage): void {
  if (process.connected) process.send?.(message);
}

function refuse(): never {
  throw new Error("this process takes no orders");
}
