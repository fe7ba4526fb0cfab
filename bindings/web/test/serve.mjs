// A local server for tests and the demo: files of some folders, under the content security policy of a careful page, and
// what was posted.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".jsonl": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};
const SECURITY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Serves folders by the first part of the path. Resolves to the address, what was posted, and how to stop. */
export async function serve(folders, port = 0) {
  const posted = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    response.setHeader("content-security-policy", SECURITY);
    response.setHeader("cache-control", "no-store");
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) if (body.length < 65_536) body += part;
      posted.push({ path: pathname, body });
      response.writeHead(200, { "content-type": "application/json" }).end('{"received":true}');
      return;
    }
    if (pathname === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const [, first, ...rest] = pathname.split("/");
    const folder = folders[first] ?? folders[""];
    const inside = normalize(join("/", ...(folder === folders[first] ? rest : [first, ...rest])));
    const file = join(folder, inside === "/" ? "index.html" : inside);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not here");
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}`, posted, stop: () => server.close() };
}
