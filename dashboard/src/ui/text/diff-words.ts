/** A run of words that is in both texts, only in the later one, or only in the earlier one. */
export type WordRun = { kind: 'same' | 'added' | 'removed'; text: string };

/** Words beyond which a changed part is shown as a whole: finding what is the same takes their product in steps. */
const mostWords = 2_000;

/** How two texts differ, word by word, in reading order; put together, all but the added runs are the earlier text. */
export function diffWords(before: string, after: string): WordRun[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const runs: WordRun[] = [];
  const put = (kind: WordRun['kind'], text: string): void => {
    const last = runs.at(-1);
    if (text === '') return;
    if (last?.kind === kind) last.text += text;
    else runs.push({ kind, text });
  };
  put('same', a.slice(0, head).join(''));
  for (const { kind, text } of middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) put(kind, text);
  put('same', a.slice(a.length - tail).join(''));
  return runs;
}

/** Each word with the spaces after it; scripts without spaces go sign by sign. */
function wordsOf(text: string): string[] {
  return (
    text.match(
      /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]\s*|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]+\s*|\s+/gu,
    ) ?? []
  );
}

function middle(a: readonly string[], b: readonly string[]): WordRun[] {
  const removed = (text: string): WordRun => ({ kind: 'removed', text });
  const added = (text: string): WordRun => ({ kind: 'added', text });
  if (a.length > mostWords || b.length > mostWords) return [removed(a.join('')), added(b.join(''))];
  const width = b.length + 1;
  // The longest common part of what is left from each pair of places on.
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const runs: WordRun[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const [word, other] = [a[i], b[j]];
    if (word !== undefined && word === other) runs.push({ kind: 'same', text: word });
    if (word !== undefined && word === other) [i, j] = [i + 1, j + 1];
    else if (word !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      runs.push(removed(word));
      i += 1;
    } else {
      runs.push(added(other ?? ''));
      j += 1;
    }
  }
  return runs;
}
