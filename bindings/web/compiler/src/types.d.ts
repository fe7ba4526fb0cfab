/** A place in a source. */
export interface Place {
  /** UTF-16 units before it, the index in a JavaScript string. */
  start: number;
  /** The unit after its last. */
  end: number;
  /** The line of its start, from 1. */
  line: number;
  /** The column of its start in UTF-16 units, from 1. */
  column: number;
}

/** One thing that is wrong with a source, where, and what to do. */
export interface Diagnostic extends Place {
  /** The kind of fault, a word that stays the same. */
  code: string;
  /** With an error the source can't be used; with a warning it can, and probably shouldn't. */
  severity: "error" | "warning";
  message: string;
  /** What stands at the place, in few words; may be empty. */
  label: string;
  /** What to do next. */
  help: string | null;
  /** Other places that matter, each with what it is. */
  related: (Place & { message: string })[];
}

/** What `compile`, `test` and `format` throw for a wrong source. */
export interface SourceError extends Error {
  diagnostics: Diagnostic[];
}

/** An example of a policy, run. */
export interface Example {
  name: string;
  /** Its line in the source, from 1. */
  line: number;
  /** What it expects, in words. */
  expected: string;
  passed: boolean;
  /** What is wrong; none where it passes. */
  failures: string[];
  decision: Decision;
}
