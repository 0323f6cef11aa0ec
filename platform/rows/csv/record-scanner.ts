/** What a line did to the record being read: finished it, left it inside quotes, or showed that its quotes are wrong. */
export type ScanResult = { kind: 'record'; cells: string[] } | { kind: 'open' } | { kind: 'badQuote'; column: number };

/**
 * Reads records cell by cell, one line at a time; a quoted cell may go over several lines. A quote inside an unquoted cell is
 * a plain character (`5" pipe`); blanks around a quoted cell do not count.
 */
export class RecordScanner {
  readonly #separator: string;
  readonly #keepsText: boolean;
  #cells: string[] = [];
  #cell = '';
  #isOpen = false;

  /** `keepsText: false` follows the quotes without holding what is between them, to get past a record that is too long. */
  constructor(separator: string, { keepsText }: { keepsText: boolean } = { keepsText: true }) {
    this.#separator = separator;
    this.#keepsText = keepsText;
  }

  /** Whether the next line continues a quoted cell. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Takes the next line. After `badQuote` the scanner must not be used again. */
  scan(line: string): ScanResult {
    let at = 0;
    if (this.#isOpen) {
      this.#append('\n');
      const next = this.#quoted(line, 0);
      if (typeof next !== 'number') return next;
      at = next;
    }
    while (at <= line.length) {
      const next = this.#cellAt(line, at);
      if (typeof next !== 'number') return next;
      at = next;
    }
    const cells = this.#cells;
    this.#cells = [];
    return { kind: 'record', cells };
  }

  #cellAt(line: string, at: number): number | ScanResult {
    let start = at;
    while (line[start] === ' ') start += 1;
    if (line[start] === '"') return this.#quoted(line, start + 1);
    const end = line.indexOf(this.#separator, at);
    const stop = end < 0 ? line.length : end;
    this.#append(line.slice(at, stop));
    this.#endCell();
    return stop + 1;
  }

  /** From inside the quotes to behind the separator that follows them. */
  #quoted(line: string, from: number): number | ScanResult {
    this.#isOpen = true;
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        this.#append(line.slice(at));
        return { kind: 'open' };
      }
      this.#append(line.slice(at, quote));
      if (line[quote + 1] !== '"') return this.#afterQuote(line, quote + 1);
      this.#append('"');
      at = quote + 2;
    }
  }

  #afterQuote(line: string, from: number): number | ScanResult {
    let at = from;
    while (line[at] === ' ' && this.#separator !== ' ') at += 1;
    if (at < line.length && line[at] !== this.#separator) return { kind: 'badQuote', column: this.#cells.length + 1 };
    this.#isOpen = false;
    this.#endCell();
    return at + 1;
  }

  #append(text: string): void {
    if (this.#keepsText) this.#cell += text;
  }

  #endCell(): void {
    if (this.#keepsText) this.#cells.push(this.#cell);
    this.#cell = '';
  }
}
