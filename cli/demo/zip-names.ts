/** The names of a ZIP's files as its central directory lists them (APPNOTE 4.3.12). @throws Error when it is no ZIP */
export function zipNames(archive: Buffer): string[] {
  // The end record is 22 bytes and a comment, which our archives do not have.
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) throw new Error('Not a whole ZIP: it has no end record');
  const count = archive.readUInt16LE(end + 10);
  const names: string[] = [];
  let at = archive.readUInt32LE(end + 16);
  while (names.length < count) {
    if (archive.toString('latin1', at, at + 4) !== 'PK\u0001\u0002') throw new Error('Not a whole ZIP');
    const nameBytes = archive.readUInt16LE(at + 28);
    names.push(archive.toString('utf8', at + 46, at + 46 + nameBytes));
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return names;
}
