/** Where two are as likely, the one that stands in prose and in amounts less. */
const candidates = ['\t', ';', ',', '|'];

/**
 * The separator of a file by its first lines: the one found most regularly outside quotes, then most often. A file of one
 * column has none and gets the comma. `declared` is a first line of the form `sep=;`, as Excel writes it.
 */
export function sniffSeparator(lines: readonly string[]): { separator: string; declared: boolean } {
  const declared = /^"?sep=([,;|\t])"?$/i.exec(lines[0] ?? '')?.[1];
  if (declared) return { separator: declared, declared: true };
  const filled = recordsOf(lines).filter((line) => line.trim() !== '');
  let best = { separator: ',', same: 0, count: 0 };
  for (const separator of candidates) {
    const counts = filled.map((line) => countOutsideQuotes(line, separator));
    const count = counts[0] ?? 0;
    const same = count === 0 ? 0 : counts.filter((other) => other === count).length;
    if (same > best.same || (same === best.same && count > best.count)) best = { separator, same, count };
  }
  return { separator: best.separator, declared: false };
}

/** Lines whose quotes are open go on in the next one; without an end they are lines as they stand. */
function recordsOf(lines: readonly string[]): string[] {
  const records: string[] = [];
  let open = '';
  for (const line of lines) {
    open = open === '' ? line : `${open} ${line}`;
    if (open.split('"').length % 2 === 0) continue;
    records.push(open);
    open = '';
  }
  return records.length > 1 || open === '' ? records : [...lines];
}

function countOutsideQuotes(line: string, separator: string): number {
  let count = 0;
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) count += 1;
  }
  return count;
}
