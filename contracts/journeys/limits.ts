/** Bounds of one journey definition. Each keeps a turn inside its transaction or a screen readable. */
export const journeyLimits = {
  /** Nodes in all; nobody reads a timeline longer than this. */
  nodes: 300,
  /** Levels of the JSON: some forty branches inside branches. Reading recurses once a level. */
  depth: 200,
  /** JSON values in all: 300 steps with more than a hundred values each. What has more is not looked at any further. */
  values: 50_000,
  /** Problems that are named at once; nobody mends more before looking again. */
  problems: 100,
  /** Names in one path into a value. */
  path: 20,
  /** Characters of a name, title, label or reason: one line on a screen. */
  line: 200,
  /** Characters of an inline message or instructions: far more than a mail that is read, far less than a row can hold. */
  body: 50_000,
  /** Liquid tags of all inline mails together: some thirty in each step. To read one takes up to 60 µs. */
  mailTags: 10_000,
  /** Entries of a record or list: variables, conditions, outcomes. */
  entries: 100,
  /** Years that a wait may last; longer is a typing error, and consent does not last that long either. */
  durationYears: 5,
} as const;

/** How late an event may come to let a contact in where a journey does not say: three days, over a weekend on which a source stood still. */
export const defaultLateness = 'P3D';
