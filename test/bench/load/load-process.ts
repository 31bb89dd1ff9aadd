// Entry point of the process that makes the load: it sends what it is told to, one order at a time.
import { takeOrders } from "../processes/orders.ts";
import { runLoad } from "./run-load.ts";

takeOrders(undefined, runLoad);
