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

/** What `compile`, `test`, `prove`, `lint` and `format` throw for a wrong source. */
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

/** What became of the properties of a policy. */
export interface Proofs {
  /** Whether all of them were proved. */
  proved: boolean;
  /** In the order of the source. */
  properties: Proof[];
}

/** A property, and what became of it. */
export type Proof = {
  name: string;
  /** What it claims, as written. */
  property: string;
  /** Its line in the source, from 1. */
  line: number;
} & (
  | { outcome: "proved" }
  | {
      outcome: "refuted";
      /** An operation that shows it, as an example says it. */
      phrase: string;
      /** The same operation, for `check`. */
      operation: Operation;
      /** What the policy decides of it. */
      decision: Decision;
      /** What the policy beneath decides of it, where the property is about that one. */
      beneath?: Decision;
    }
  | {
      outcome: "not settled";
      /** Why it was neither proved nor refuted. */
      why: string;
    }
);

/** Whether verdicts stayed the same, which is proved; or why that isn't settled. */
export type Kept = "same" | "changed" | { "not settled": string };

/** What a new version of a policy changes. */
export interface Difference {
  /** For operations that leave nothing open. */
  fully_described: Kept;
  /** For those that leave something open. */
  partial: Kept;
  /** Whether there is more than is said here. */
  more: boolean;
  becomes_allowed: Change[];
  becomes_paused: Change[];
  /** Duties of allowed operations that come or go. */
  duties: DutyChange[];
}

/** Operations whose verdict changes for the same cause. */
export interface Change {
  /** What encloses them. */
  phrase: string;
  /** What else holds of all of them, each as a condition says it. */
  when: string[];
  /** One of them, as an example says it. */
  example: string;
  /** The same operation, for `check`. */
  operation: Operation;
  /** What the old version decides of it. */
  before: Decision;
  /** What the new one does. */
  after: Decision;
}

/** A duty that comes or goes. */
export interface DutyChange {
  /** Whether it comes with the new version; else it goes with the old one. */
  comes: boolean;
  clause: string;
  /** The rule, as the policy writes it. */
  rule: string;
  /** The settings that it reads, with what they are. */
  settings: string[];
}

/** What the lints found, in the order of the source. */
export interface Findings {
  findings: LintFinding[];
}

/** Something that is legal to write and rarely meant. */
export interface LintFinding extends Place {
  /** The lint, by whose name `allow(LINT, "reason")` silences it. */
  lint: string;
  message: string;
  /** What to do about it. */
  help: string;
  /** An operation that shows it, as an example says it. */
  example?: string;
}
