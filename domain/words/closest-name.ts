/** The known name that is most likely meant by another one, such as `cart.updated` by `cart.update`; null where none is near. */
export function closestName(name: string, known: readonly string[]): string | null {
  const meant = plain(name);
  const near = known
    .map((one) => ({ one, distance: distanceOf(meant, plain(one)) }))
    .filter(({ one, distance }) => distance <= Math.max(meant.length, plain(one).length) / 3)
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.one ?? null;
}

/** Case and what stands between words make no other name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
