// Loads a policy.wasm and asks it. See README.md and abey.d.ts.

const Wasm = WebAssembly;
const ABI = 1;
const VERDICTS = ["pause", "allow", "malformed"];
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** No decision was made. Hold the operation in abeyance. */
export class AbeyError extends Error {
  name = "AbeyError";
}

const wrong = (message, cause) =>
  cause instanceof AbeyError ? cause : new AbeyError(cause ? `${message}: ${cause.message}` : message, { cause });

async function compiled(source) {
  source = await source;
  if (source instanceof Wasm.Module) return source;
  if (typeof source === "string" || source instanceof URL) {
    if (/^file:/.test(source)) source = await (await import("node:fs/promises")).readFile(new URL(source));
    else source = await fetch(source);
  }
  if (source instanceof Response) {
    if (!source.ok) throw wrong(`${source.url}: status ${source.status}`);
    // Compiles while it arrives, where the server names the type.
    if (/^application\/wasm\b/.test(source.headers.get("content-type"))) return Wasm.compileStreaming(source);
    source = await source.arrayBuffer();
  }
  return Wasm.compile(source);
}

class Policy {
  #module;
  #exports;
  #now;

  constructor(module, { now } = {}) {
    if (Wasm.Module.imports(module).length) throw wrong("it asks for imports");
    this.#module = module;
    this.#now = now;
    this.about = this.#ask((exports) => {
      if (exports.abey_abi?.() !== ABI) throw wrong(`no interface ${ABI}`);
      return JSON.parse(this.#text(exports.abey_policy()));
    });
  }

  check(operation) {
    return this.#send("abey_check", this.#json(operation), (answer) => JSON.parse(this.#text(answer)));
  }

  checkJson(operation) {
    return this.#send("abey_check", this.#json(operation), this.#text);
  }

  checkMany(operations) {
    const lines = Array.from(operations, (operation) => this.#json(operation).replace(/[\r\n]/g, " ").trim() || "?");
    return this.#send("abey_batch", lines.join("\n"), (answer) => {
      const decisions = this.#text(answer).match(/.+/g) ?? [];
      if (decisions.length !== lines.length) throw wrong("answers are missing");
      return decisions.map((line) => JSON.parse(line));
    });
  }

  verdict(operation) {
    return this.#send("abey_verdict", this.#json(operation), (answer) => VERDICTS[answer] ?? "pause");
  }

  #json(operation) {
    if (typeof operation === "string") return operation;
    if (this.#now && operation?.time === undefined) operation = { ...operation, time: this.#now().toISOString() };
    return JSON.stringify(operation) ?? "";
  }

  #send(name, text, read) {
    const bytes = encoder.encode(text);
    return this.#ask((exports) => {
      const pointer = exports.abey_alloc(bytes.length) >>> 0;
      if (!pointer) throw wrong("out of memory");
      new Uint8Array(exports.memory.buffer).set(bytes, pointer);
      return read.call(this, exports[name](pointer, bytes.length));
    });
  }

  /** The text that an answer names: its place in the upper half, its length in the lower. */
  #text(answer) {
    const half = (bits) => Number(BigInt.asUintN(32, bits));
    return decoder.decode(new Uint8Array(this.#exports.memory.buffer, half(answer >> 32n), half(answer)));
  }

  /** Asks the instance; one in which anything went wrong is never asked again. */
  #ask(question) {
    try {
      this.#exports ??= new Wasm.Instance(this.#module).exports;
      const answer = question(this.#exports);
      this.#exports.abey_reset();
      return answer;
    } catch (error) {
      this.#exports = undefined;
      throw wrong("no decision", error);
    }
  }
}

/** Loads a policy.wasm. */
export async function load(source, options) {
  try {
    return new Policy(await compiled(source), options);
  } catch (error) {
    throw wrong("no policy", error);
  }
}
