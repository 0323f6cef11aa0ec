import { fork, type ChildProcess } from 'node:child_process';
import {
  RenderFault,
  type RenderAnswer,
  type RenderJob,
  type RenderReply,
  type RenderRequest,
  type RenderedDocument,
} from './render-protocol.ts';

/** How a pool is built; all times in milliseconds. */
export type RenderPoolOptions = {
  /** Child processes; one a core that rendering may have. */
  size: number;
  /** One document may take this long before its process is killed; a two-page letter takes 10 ms. */
  timeoutMs: number;
  /** What its values and objects may take, in MB; a document that needs more ends its process. */
  heapMegabytes: number;
  /** A child is replaced after so many documents, or above so much memory: the PDF compiler never frees 0.12 MB of each. */
  recycleAfterDocuments: number;
  recycleAboveBytes: number;
};

/** The usual pool, by measurement. */
export const renderPoolDefaults: RenderPoolOptions = {
  size: 2,
  timeoutMs: 10_000,
  heapMegabytes: 512,
  recycleAfterDocuments: 1_500,
  recycleAboveBytes: 700_000_000,
};

type Counters = { documents: number; started: number; recycled: number; killed: number; crashed: number };

/** Counters for metrics and tests, and the ids of the processes that live. */
export type RenderPoolStats = Counters & { processes: number[] };

/**
 * The one place where templates are filled, which are not trusted: processes without secrets that are killed when a document takes too
 * long or too much memory. Not tinypool 2.2, which recycles by the JavaScript heap alone, where the PDF compiler's memory is not, and
 * whose abort counts the time that a document waits for its turn.
 */
export type RenderPool = {
  /** The `timeoutMs` of the options; a change holds for the documents that are begun after it. */
  timeoutMs: number;
  /** Makes one document; waits its turn. Repeatable. @throws RenderFault, Error when no process could be started */
  render(job: RenderJob): Promise<RenderedDocument>;
  stats(): RenderPoolStats;
  /** Ends all children at once; what is under way or waiting fails with `render.closed`. */
  close(): Promise<void>;
};

type Task = {
  job: RenderJob;
  resolve: (document: RenderedDocument) => void;
  reject: (error: Error) => void;
  tries: number;
  /** Those that it was sent with failed together: which of them it was is found out one by one. */
  isAlone: boolean;
};
type Child = {
  process: ChildProcess;
  /** What it makes now. */
  tasks: Task[];
  timer: NodeJS.Timeout | null;
  documents: number;
  isReady: boolean;
};

/** Starting takes 0.2 s on an idle machine; this much on one that is very busy. */
const START_MS = 30_000;
/** A timer that is later than this was not late by the work of others alone. */
const standstillMs = 1_000;
/** Documents without a PDF that are sent together: a message costs as much as the text of a short letter. */
const mostTogether = 16;
/** So long one waits for others to be sent with. */
const gatherMs = 5;

/** Creates a pool; children start when there is work for them. */
export function createRenderPool(options: Partial<RenderPoolOptions> = {}): RenderPool {
  return new Pool({ ...renderPoolDefaults, ...options });
}

class Pool implements RenderPool {
  timeoutMs: number;
  readonly #options: RenderPoolOptions;
  readonly #children = new Set<Child>();
  readonly #queue: Task[] = [];
  #gathering: NodeJS.Timeout | null = null;
  readonly #counters: Counters = { documents: 0, started: 0, recycled: 0, killed: 0, crashed: 0 };
  #nextId = 1;
  #isClosed = false;

  constructor(options: RenderPoolOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs;
  }

  render(job: RenderJob): Promise<RenderedDocument> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedFault());
      // A PDF takes ten times as long as all else.
      const isAlone = job.formats.includes('pdf');
      this.#queue.push({ job, resolve, reject, tries: 0, isAlone });
      if (isAlone || this.#queue.length >= mostTogether) this.#dispatch();
      else this.#gathering ??= setTimeout(() => this.#dispatch(), gatherMs);
    });
  }

  stats(): RenderPoolStats {
    return { ...this.#counters, processes: [...this.#children].flatMap(({ process }) => process.pid ?? []) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#gathered();
    for (const task of this.#queue.splice(0)) task.reject(closedFault());
    const ends = [...this.#children].map(async (child) => {
      for (const { reject } of child.tasks.splice(0)) reject(closedFault());
      child.process.ref();
      const ended = new Promise((resolve) => child.process.once('exit', resolve));
      this.#kill(child);
      await ended;
    });
    await Promise.all(ends);
  }

  #dispatch(): void {
    this.#gathered();
    while (this.#queue.length > 0) {
      const idle = [...this.#children].find((child) => child.isReady && child.tasks.length === 0);
      if (idle) this.#assign(idle);
      else {
        const starting = [...this.#children].filter((child) => !child.isReady).length;
        if (this.#children.size < this.#options.size && starting < this.#queue.length) this.#start();
        return;
      }
    }
  }

  #gathered(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
  }

  #assign(child: Child): void {
    const tasks = this.#take(child);
    child.tasks = tasks;
    if (tasks[0] && tasks.length === 1) tasks[0].tries += 1;
    child.process.ref();
    this.#limit(child);
    try {
      child.process.send({ id: this.#nextId++, jobs: tasks.map(({ job }) => job) } satisfies RenderRequest);
    } catch (error) {
      // One is too large for a message, or no data: it fails alone, and the child has nothing to do.
      if (child.timer) clearTimeout(child.timer);
      child.timer = null;
      child.tasks = [];
      this.#fail(tasks, new RenderFault('render.failed', error instanceof Error ? error.message : String(error)));
    }
  }

  /** The first in the queue, and those behind it that go with it: no more than an idle child's share. */
  #take(child: Child): Task[] {
    const share = Math.ceil(this.#queue.length / this.#options.size);
    const most = Math.min(share, mostTogether, this.#options.recycleAfterDocuments - child.documents);
    const end = this.#queue.findIndex((task, at) => at > 0 && (at >= most || task.isAlone || this.#queue[0]?.isAlone));
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  /** Of what failed together each is made again by itself, before all others; what was by itself has failed. */
  #fail(tasks: readonly Task[], error: Error): void {
    const [first, second] = tasks;
    if (second === undefined) first?.reject(error);
    else this.#queue.unshift(...tasks.map(alone));
  }

  #start(): void {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const process = fork(new URL(`./render.child.${extension}`, import.meta.url), {
      serialization: 'advanced',
      // Its own flags and an empty environment: no inspector port, and no secrets within reach of users' templates.
      execArgv: [`--max-old-space-size=${this.#options.heapMegabytes}`, '--disable-warning=ExperimentalWarning'],
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child: Child = { process, tasks: [], timer: null, documents: 0, isReady: false };
    this.#children.add(child);
    this.#counters.started += 1;
    child.timer = afterReading(START_MS, () => {
      if (!child.isReady) this.#kill(child);
    });
    process.on('message', (reply: RenderReply) => this.#receive(child, reply));
    process.once('exit', () => this.#ended(child));
    process.on('error', () => {
      this.#kill(child);
      this.#ended(child);
    });
  }

  #receive(child: Child, reply: RenderReply): void {
    if (child.timer) clearTimeout(child.timer);
    child.timer = null;
    child.isReady = true;
    if (reply.kind !== 'ready') this.#settle(child, reply);
    // An idle child does not keep its parent alive.
    if (child.tasks.length === 0) child.process.unref();
    this.#dispatch();
  }

  #settle(child: Child, { answers, rssBytes }: Exclude<RenderReply, { kind: 'ready' }>): void {
    const tasks = child.tasks;
    child.tasks = [];
    child.documents += answers.length;
    this.#counters.documents += answers.length;
    answers.forEach((answer, at) => settle(tasks[at], answer));
    this.#queue.unshift(...tasks.slice(answers.length));
    const { recycleAfterDocuments, recycleAboveBytes } = this.#options;
    if (child.documents < recycleAfterDocuments && rssBytes < recycleAboveBytes) return;
    this.#counters.recycled += 1;
    this.#kill(child);
  }

  /** Gives a child its time for what it makes now. */
  #limit(child: Child): void {
    const { timeoutMs } = this;
    const { tasks } = child;
    child.timer = afterReading(timeoutMs, (isLate) => {
      if (child.tasks !== tasks || !this.#children.has(child)) return;
      if (isLate) this.#limit(child);
      else this.#timeOut(child, timeoutMs);
    });
  }

  #timeOut(child: Child, timeoutMs: number): void {
    this.#counters.killed += 1;
    const tasks = child.tasks;
    child.tasks = [];
    this.#kill(child);
    this.#fail(tasks, new RenderFault('render.timeout', `The document took longer than ${timeoutMs} ms`));
    this.#dispatch();
  }

  #kill(child: Child): void {
    if (child.timer) clearTimeout(child.timer);
    this.#children.delete(child);
    child.process.kill('SIGKILL');
  }

  /** A child that ended by itself: its document gets a second try, since another document's memory may have done it. */
  #ended(child: Child): void {
    if (child.timer) clearTimeout(child.timer);
    this.#children.delete(child);
    const tasks = child.tasks;
    child.tasks = [];
    const [first] = tasks;
    if (first) {
      this.#counters.crashed += 1;
      if (tasks.length === 1 && first.tries < 2) this.#queue.unshift(alone(first));
      else this.#fail(tasks, new RenderFault('render.crashed', 'The process that made the document died twice'));
    }
    // A process that does not start would be started again and again.
    if (!child.isReady && this.#children.size === 0)
      for (const { reject } of this.#queue.splice(0))
        reject(new Error('The process that makes documents did not start'));
    if (!this.#isClosed) this.#dispatch();
  }
}

/**
 * Calls back when the time is over and what has come meanwhile has been read, as timers come before that where this process stood still: a
 * deadline that has passed says nothing of who was slow. `isLate` where it stood still for so long that the time has to be given anew.
 */
function afterReading(ms: number, over: (isLate: boolean) => void): NodeJS.Timeout {
  const due = performance.now() + ms;
  return setTimeout(() => {
    const isLate = performance.now() - due > standstillMs;
    setImmediate(over, isLate);
  }, ms);
}

function alone(task: Task): Task {
  return Object.assign(task, { isAlone: true });
}

function settle(task: Task | undefined, answer: RenderAnswer): void {
  if (answer.kind === 'done') task?.resolve(answer.document);
  else task?.reject(new RenderFault(answer.code, answer.message));
}

function closedFault(): RenderFault {
  return new RenderFault('render.closed', 'The render pool is closed');
}
