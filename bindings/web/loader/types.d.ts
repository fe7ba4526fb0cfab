// Operations and decisions, in every package.

/** Whether an operation may go ahead; a pause holds until what is missing is settled. */
export type Verdict = "allow" | "pause";

/** What a host tells of a fact. */
export type FactValue = boolean | number | string | (boolean | number | string)[] | null;

/** A processing operation. A key that is missing or null is unknown; the word `none` says that there is none. */
export interface Operation {
  /** What is done. */
  action: string;
  /** The data items, at least one. */
  data: (string | Item)[];
  /** Whom the data is about. */
  subjects?: string | Subject | (string | Subject)[] | null;
  /** What for. */
  purpose?: string | string[] | null;
  /** Who receives. */
  recipient?: string | null;
  /** Where the data is stored or accessed. */
  place?: string | null;
  /** Several recipients, in place of recipient and place. */
  legs?: Leg[] | null;
  /** Where the data comes from. */
  origin?: string | string[] | null;
  /** Who acts. */
  actor?: string | null;
  /** As processor or controller. */
  role?: string | null;
  /** The legal basis. */
  basis?: string | null;
  /** Measures in place, all of them. */
  measures?: string[] | null;
  /** How long the data is to be held from its collection (ISO 8601), `agreed`, or `none`. */
  retention?: string | null;
  /** When (RFC 3339). Without it, rules that turn on time pause: the checker has no clock. */
  time?: string | null;
  /** Facts of the policy. */
  facts?: Record<string, FactValue> | null;
}

/** A data item. */
export interface Item {
  category: string;
  /** The forms of the item, all of them; the empty list is raw. */
  form?: string[] | null;
  /** The day of its collection, YYYY-MM-DD, or `now`. */
  collected?: string | null;
  /** For unstructured data: all categories that it contains. */
  contains?: string[] | null;
  facts?: Record<string, FactValue> | null;
}

/** A data subject. */
export interface Subject {
  subject: string;
  facts?: Record<string, FactValue> | null;
}

/** One of several recipients, with its place. */
export interface Leg {
  recipient?: string | null;
  place?: string | null;
  measures?: string[] | null;
}

/** The decision on an operation. Every key is there. */
export interface Decision {
  verdict: Verdict;
  /** The decision in a sentence. */
  summary: string;
  policy: PolicyRef;
  time: string | null;
  time_from: "operation" | "host" | "clock" | "unknown";
  /** For an allow: the clauses that cover it. */
  covered: Cover[];
  /** For a pause: every reason, in the order of the policy. */
  reasons: Reason[];
  /** What is owed with it. */
  duties: Duty[];
  /** The interpretations it rests on. */
  because: Interpretation[];
  /** What could be stated to settle it. */
  questions: Question[];
  /** What could be changed to settle it. */
  remedies: Remedies;
  /** Paths of facts that the policy doesn't declare; they counted for nothing. */
  ignored: string[];
}

/** A policy, named. */
export interface PolicyRef {
  name: string;
  title: string;
  version: string;
  /** SHA-256 of its image, in hexadecimal. */
  hash: string;
  /** The names of its layers, the public terms first and itself last. */
  layers: string[];
}

/** The indices of item, subject, purpose, leg and origin. */
export type Point = [number, number, number, number, number];

/** The clause that a decision cites, and the rule in it. */
export interface Citation {
  layer: string;
  clause: string;
  title: string;
  /** The rule, as the policy writes it. */
  rule: string;
  /** The line of the rule in the policy's source, from 1. */
  line: number;
  /** Its column, in characters, from 1. */
  column: number;
  /** Whether no agreement may loosen the clause. */
  absolute: boolean;
}

/** A clause that covers points of an allowed operation. */
export interface Cover {
  citation: Citation;
  points: Point[];
  /** The legal bases that the instruction states. */
  resting_on: string[];
}

/** One reason to pause. */
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
  points: Point[];
  /** The data items concerned. */
  items: string[];
  findings: Finding[];
  /** The condition that decided it, as the policy writes it. */
  condition: string | null;
  because: string | null;
  /** Whom to ask. */
  ask: string | null;
  /** The last day on which it holds, where it lapses by itself. */
  lapses: string | null;
  /** Each one settles this reason by itself. */
  remedies: Remedy[];
}

/** A part of the operation on which a rule turned. */
export interface Finding {
  /** The path in the operation, as in `data[0].form`. */
  path: string;
  told: string | null;
  rule: string;
}

/** What is owed. */
export interface Duty {
  duty: string;
  state: "due" | "open" | "standing" | "possible";
  /** The last day, or moment, to do it. */
  due: string | null;
  clock: string;
  citation: Citation;
  points: Point[];
  items: string[];
}

/** An interpretation that the author fixed, where the agreement leaves room. */
export interface Interpretation {
  clause: string;
  text: string;
}

/** Something that isn't known and could settle a reason. No promise. */
export interface Question {
  path: string;
  text: string;
}

/** One change of an operation. */
export interface Step {
  path: string;
  /** Whether the value joins the set at the path, or takes the place of what is there. */
  change: "add" | "set";
  value: string;
}

/** A concrete change of the processing. */
export interface Remedy {
  text: string;
  /** All of them together. */
  steps: Step[];
}

/** Changes that together remove reasons. */
export interface Remedies {
  /** Whether making all of them allows the operation. */
  complete: boolean;
  steps: Step[];
}
