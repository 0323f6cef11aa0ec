import { writeSync } from 'node:fs';

/** What waits to be written at most, in characters: while the output takes nothing, lines beyond it are dropped. */
const maxWaiting = 1_048_576;
/** After how long an output that is full for the moment, such as a pipe, is tried again. */
const againMs = 100;
/** How long the end of the process waits for one. */
const lastWaitMs = 1_000;

/**
 * Where the process's log goes, line by line, in order. A full disk, a full or closed pipe or a terminal that is gone costs lines, not the
 * process: neither its life nor its end. What the output refused is tried again with the next line, and once more at the end.
 */
class LogOutput {
  readonly #fd: number;
  #waiting: string[] = [];
  #size = 0;
  #current = Buffer.alloc(0);
  #again: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    this.#fd = fd;
    process.once('exit', () => this.#writeLast());
  }

  write(line: string): void {
    if (this.#size + line.length > maxWaiting) return;
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#again === undefined) this.#writeWaiting();
  }

  #writeWaiting(): void {
    this.#again = undefined;
    if (this.#takes() === 'full') this.#again = setTimeout(() => this.#writeWaiting(), againMs).unref();
  }

  #writeLast(): void {
    const end = performance.now() + lastWaitMs;
    while (this.#takes() === 'full' && performance.now() < end)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, againMs);
  }

  /** Writes until nothing waits, or the output takes no more. */
  #takes(): 'all' | 'full' | 'nothing' {
    while (this.#current.length > 0 || this.#waiting.length > 0) {
      if (this.#current.length === 0) {
        this.#current = Buffer.from(this.#waiting.join(''));
        [this.#waiting, this.#size] = [[], 0];
      }
      try {
        this.#current = this.#current.subarray(writeSync(this.#fd, this.#current));
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'full' : 'nothing';
      }
    }
    return 'all';
  }
}

let output: LogOutput | undefined;

/** The standard output; all loggers of the process share it. */
export function standardOutput(): { write(line: string): void } {
  // A pipe does not block once Node has opened it as its standard output.
  return (output ??= new LogOutput(process.stdout.fd));
}
