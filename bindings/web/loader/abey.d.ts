/** A word of the policy's vocabulary, or `"none"` for none. What is left out is unknown. */
export type Word = string;

/** A value of a fact. */
export type Fact = boolean | number | string | Array<boolean | number | string>;

/** A data item; a word alone is an item of that category. */
export interface Item {
  category: Word;
  form?: Word | Word[];
  collected?: string;
  contains?: Word[];
  facts?: Record<string, Fact>;
}

/** A processing operation. Keys that are left out are unknown; `"none"` says that there is none. */
export interface Operation {
  action: Word;
  data: Word | Item | Array<Word | Item>;
  subjects?: Word | Array<Word | { subject: Word; facts?: Record<string, Fact> }>;
  actor?: Word;
  purpose?: Word | Word[];
  recipient?: Word;
  place?: Word;
  legs?: Array<{ recipient?: Word; place?: Word; measures?: Word[] }>;
  origin?: Word | Word[];
  role?: Word;
  basis?: Word;
  measures?: Word[];
  retention?: string;
  /** An instant, as in `2026-11-20T10:00:00Z`. */
  time?: string;
  facts?: Record<string, Fact>;
}

export interface PolicyRef {
  name: string;
  title: string;
  version: string;
  /** SHA-256 of the policy, in hexadecimal. */
  hash: string;
  layers: string[];
}

export interface Citation {
  layer: string;
  clause: string;
  title: string;
  rule: string;
  line: number;
  column: number;
  absolute: boolean;
}

export interface Step {
  path: string;
  change: "add" | "set";
  value: string;
}

export interface Reason {
  kind:
    | "malformed"
    | "not_in_force"
    | "out_of_scope"
    | "unknown_term"
    | "not_covered"
    | "prohibited"
    | "safeguard_missing"
    | "retention"
    | "waiting"
    | "no_agreement"
    | "fact_missing";
  /** A sentence for a person. */
  message: string;
  citation: Citation | null;
  points: number[][];
  items: string[];
  findings: Array<{ path: string; told: string | null; rule: string }>;
  condition: string | null;
  because: string | null;
  ask: string | null;
  lapses: string | null;
  /** Each one settles this reason by itself. */
  remedies: Array<{ text: string; steps: Step[] }>;
}

export interface Decision {
  verdict: "allow" | "pause";
  summary: string;
  policy: PolicyRef;
  time: string | null;
  time_from: "operation" | "host" | "clock" | "unknown";
  covered: Array<{ citation: Citation; points: number[][]; resting_on: string[] }>;
  /** For a pause: every reason, in the order of the policy. */
  reasons: Reason[];
  duties: Array<{
    duty: string;
    state: "due" | "open" | "standing" | "possible";
    due: string | null;
    clock: string;
    citation: Citation;
    points: number[][];
    items: string[];
  }>;
  because: Array<{ clause: string; text: string }>;
  /** What could be stated to settle it. */
  questions: Array<{ path: string; text: string }>;
  /** What could be changed to settle it. */
  remedies: { complete: boolean; steps: Step[] };
  ignored: string[];
}

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
  verdict(operation: Operation | string): "allow" | "pause" | "malformed";
}

/** Whatever a policy.wasm can be loaded from: its address, an answer of `fetch`, its bytes, or a compiled module. */
export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/** Loads a policy.wasm. Throws an {@link AbeyError} where it is none. */
export function load(source: Source | Promise<Source>, options?: Options): Promise<Policy>;
