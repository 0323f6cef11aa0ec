/** Remembers answers for a moment: who asks for the same together shares one asking. A failure is forgotten at once. */
export class ShortMemory<T> {
  private readonly held = new Map<string, { answer: Promise<T>; until: number }>();

  constructor(private readonly forMs: number) {}

  /** The answer for `key`, by `ask` where none is remembered. @throws what `ask` throws */
  of(key: string, ask: () => Promise<T>): Promise<T> {
    const found = this.held.get(key);
    if (found && found.until > Date.now()) return found.answer;
    const answer = ask();
    this.held.set(key, { answer, until: Date.now() + this.forMs });
    answer.catch(() => this.held.delete(key));
    return answer;
  }
}
