import type { RequestHandler } from "express";
import helmet from "helmet";
import { isHttps } from "./auth/cookies.ts";

type Directives = Record<string, string[]>;

/** The console: files of its own and nothing else. */
export const CONSOLE_POLICY: Directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Bull Board: its editor writes style elements, and one worker colours JSON. */
export const BOARD_POLICY: Directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  workerSrc: ["'self'"],
  styleSrcElem: ["'self'", "'unsafe-inline'"],
  styleSrcAttr: ["'none'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  fontSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Sets the headers that keep a browser from doing what no page here asks for. What only means something behind HTTPS is
 * left out on plain HTTP, where it would turn a console on another host than loopback blank.
 */
export function securityHeaders(directives: Directives): RequestHandler {
  const common = { contentSecurityPolicy: { useDefaults: false, directives } };
  const secure = helmet({ ...common, strictTransportSecurity: { maxAge: 31_536_000 } });
  const plain = helmet({
    ...common,
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  return (request, response, next) => {
    const set = isHttps(request) ? secure : plain;
    set(request, response, next);
  };
}
