/** What the demo needs to know of the stack that `npm start` has started. */
export type DemoContext = {
  /** The server, without a slash at the end. */
  baseUrl: string;
  /** An API key of the workspace "Demo" with every right. */
  adminKey: string;
  /** An API key of the demo's approver: it reads and decides gates, and nothing else. */
  approverKey: string;
  /** The control API of the local doubles, without a slash at the end; mails caught are shown there too. */
  controlUrl: string;
  /** The folder `examples/` of the project. */
  examples: string;
  /** How long a person may decide before the demo's approver does, in milliseconds. */
  patienceMs: number;
  /** Whether people, a batch and decisions are left under way for the person who opens the dashboard. */
  leavesWork: boolean;
  /** Writes a line to the terminal. */
  say(line: string): void;
};

/** How one example job ended. `ok` is false where it ended otherwise than the example is made to end. */
export type DemoJob = { name: string; ok: boolean; outcome: string; seconds: number };

/** The result of the demo, printed as JSON by `npm start -- --once`. `ok` is true when every job is. */
export type DemoSummary = { ok: boolean; jobs: DemoJob[] };
