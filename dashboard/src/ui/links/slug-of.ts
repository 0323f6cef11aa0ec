/** A name for links from a title: `SQL für Einsteiger` → `sql-fur-einsteiger`; empty where no letter of it can stand there. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-|-$/g, '');
}
