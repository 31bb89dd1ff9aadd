import { expect, test } from "vitest";
import { isAllowed, ROLES } from "./roles.ts";

test("a role may do what it and the lesser ones may, and no more", () => {
  const allowed = ROLES.map((role) => ROLES.filter((needed) => isAllowed(role, needed)));
  expect(allowed).toEqual([["viewer"], ["viewer", "operator"], ["viewer", "operator", "admin"]]);
});
