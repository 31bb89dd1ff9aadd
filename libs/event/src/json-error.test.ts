import { describe, expect, test } from "vitest";
import { findJsonError } from "./json-error.ts";

describe("findJsonError", () => {
  test.each([
    ['{"a":x}', 5, "expected a JSON value"],
    ['{"a" 1}', 5, 'expected ":"'],
    ['{"a":1 "b":2}', 7, 'expected "," or "}"'],
    ["[1 2]", 3, 'expected "," or "]"'],
    ['{"a":1,}', 7, 'expected a name in double quotes or "}"'],
    ["{a:1}", 1, 'expected a name in double quotes or "}"'],
    ["[1,]", 3, "expected a JSON value"],
    ['{"a":01}', 5, "expected a JSON value"],
    ['{"a":1} x', 8, "expected nothing more after the value"],
    ['{"a":"b\nc"}', 7, "a line break or other control character inside text"],
    ['{"a":"\\q"}', 6, "no such escape"],
    ['{"a":"\\u12g4"}', 6, "no such escape"],
    ['{"a":"b', 5, "text without its closing quote"],
    ['{"a":[1', 7, "the text ends too early"],
    ["", 0, "the text ends too early"],
  ])("finds the mistake in %j", (text, position, problem) => {
    expect(findJsonError(text)).toEqual({ position, problem: expect.stringContaining(problem) });
  });

  test.each([
    ['{"a":[1,-2.5e+3,true,false,null,{"b":"\\u00e9\\n\\""},[],{}]}'],
    [' "text" '],
    ["0"],
    ["\t[ ]\r\n"],
  ])("finds none in %j", (text) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(findJsonError(text)).toBeUndefined();
  });

  test("agrees with JSON.parse on every text that is one character away from JSON", () => {
    const json = '{"a":[1,-2.5e3,null,"\\u00e9"],"b":{}}';
    const characters = [...'{}[]",:\\u1-.e \n\u0001'];
    const texts = Array.from({ length: json.length + 1 }, (_, at) =>
      characters.flatMap((character) => [
        json.slice(0, at) + character + json.slice(at),
        json.slice(0, at) + character + json.slice(at + 1),
        json.slice(0, at) + json.slice(at + 1),
      ]),
    ).flat();
    const disagreeing = texts.filter(
      (text) => isJson(text) !== (findJsonError(text) === undefined),
    );
    expect(disagreeing).toEqual([]);
  });

  test("takes a nesting of a million lists without overflowing the stack", () => {
    expect(findJsonError("[".repeat(1_000_000))).toMatchObject({ position: 1_000_000 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
