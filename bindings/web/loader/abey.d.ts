import type { Decision, Operation, PolicyRef, Verdict } from "./types.js";

export type * from "./types.js";

/** No decision was made: hold the operation in abeyance. The next call has a fresh instance. */
export class AbeyError extends Error {}

export interface Options {
  /** The time of operations that state none. Without it their time is unknown, and rules that turn on time pause. */
  now?: () => Date;
}

/** A policy that decides. An operation is an object, or JSON text as it is. Each call throws an {@link AbeyError} where it can't decide. */
export interface Policy {
  /** Name, title, version, hash and layers; null where no policy is attached. */
  readonly about: PolicyRef | null;
  /** Decides an operation; what is no operation pauses as malformed. */
  check(operation: Operation | string): Decision;
  /** The same decision as JSON text, byte for byte what `abey check --format json` prints. */
  checkJson(operation: Operation | string): string;
  /** Decides many, in their order, in one call. */
  checkMany(operations: Iterable<Operation | string>): Decision[];
  /** Whether it may go ahead, without the reasons; `malformed` may not. */
  verdict(operation: Operation | string): Verdict | "malformed";
}

/** Whatever a policy.wasm can be loaded from: its address, an answer of `fetch`, its bytes, or a compiled module. */
export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/** Loads a policy.wasm. Throws an {@link AbeyError} where it is none. */
export function load(source: Source | Promise<Source>, options?: Options): Promise<Policy>;
