import { isUtf8 } from 'node:buffer';
import type { FileEncoding } from '../../../contracts/documents/batch.schema.ts';

/**
 * One line of a text file without its end. `line` counts from 1. `isCut`: longer than allowed, `text` is its beginning.
 * `isBroken`: its bytes are no UTF-8, `text` holds U+FFFD where and `raw` those bytes.
 */
export type PhysicalLine = {
  line: number;
  text: string;
  bytes: number;
  isCut: boolean;
  isBroken: boolean;
  raw: Buffer;
};

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a byte stream into lines, holding at most one line of `maxBytes` and one chunk in memory. A byte order mark is
 * taken off; UTF-16 with a mark is understood, `encoding` says what a file without one is; CR, LF and CRLF end a line, one of them
 * through the whole file.
 */
export async function* physicalLines(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  encoding: FileEncoding = 'utf-8',
): AsyncGenerator<PhysicalLine, void, undefined> {
  const splitter = new LineSplitter(maxBytes);
  let isFirst = true;
  for await (const chunk of utf8Chunks(source, encoding)) {
    if (isFirst) splitter.end = chunk.includes(CR) && !chunk.includes(LF) ? CR : LF;
    isFirst = false;
    yield* splitter.push(chunk);
  }
  yield* splitter.flush();
}

class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #line = 0;
  end = LF;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  *push(chunk: Buffer): Generator<PhysicalLine> {
    let from = 0;
    for (let at = chunk.indexOf(this.end); at >= 0; at = chunk.indexOf(this.end, from)) {
      this.#keep(chunk.subarray(from, at));
      yield this.#take();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  *flush(): Generator<PhysicalLine> {
    if (this.#bytes > 0) yield this.#take();
  }

  #keep(part: Buffer): void {
    if (this.#bytes <= this.#maxBytes && part.length > 0) {
      this.#parts.push(Buffer.from(part.subarray(0, this.#maxBytes + 1 - this.#bytes)));
    }
    this.#bytes += part.length;
  }

  #take(): PhysicalLine {
    const isCut = this.#bytes > this.#maxBytes;
    let content = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    if (content.at(-1) === CR) content = content.subarray(0, -1);
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    this.#line += 1;
    const isBroken = !isCut && !isUtf8(content);
    return { line: this.#line, text: content.toString('utf8'), bytes, isCut, isBroken, raw: content };
  }
}

/** The file's bytes as UTF-8 without a mark; the first chunk holds at least 64 KiB or the whole file. */
async function* utf8Chunks(source: AsyncIterable<Uint8Array>, encoding: FileEncoding): AsyncGenerator<Buffer> {
  let head: Buffer[] = [];
  let size = 0;
  let decode: ((bytes: Uint8Array) => Buffer) | null = null;
  for await (const chunk of source) {
    if (decode) {
      yield decode(chunk);
      continue;
    }
    head.push(Buffer.from(chunk));
    size += chunk.length;
    // 64 KiB: enough to see how lines end, small enough to hold.
    if (size < 65_536) continue;
    const start = Buffer.concat(head);
    head = [];
    decode = decoderFor(start, encoding);
    yield decode(withoutMark(start));
  }
  if (decode) return;
  const whole = Buffer.concat(head);
  yield decoderFor(whole, encoding)(withoutMark(whole));
}

function decoderFor(start: Buffer, wanted: FileEncoding): (bytes: Uint8Array) => Buffer {
  const encoding = utf16Of(start) ?? (hasUtf8Mark(start) ? 'utf-8' : wanted);
  if (encoding === 'utf-8') return (bytes) => Buffer.from(bytes);
  const decoder = new TextDecoder(encoding);
  return (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8');
}

function utf16Of(start: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : null;
}

function withoutMark(start: Buffer): Buffer {
  if (utf16Of(start)) return start.subarray(2);
  return hasUtf8Mark(start) ? start.subarray(3) : start;
}

function hasUtf8Mark(start: Buffer): boolean {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
}
