import { inflateRawSync } from 'node:zlib';

/** A file of a ZIP, as its central directory lists it. */
type ZipEntry = { name: string; method: number; packedBytes: number; headerAt: number };

/** How a file is packed (APPNOTE 4.4.5). */
const methods = { stored: 0, deflated: 8 };

/** The names of a ZIP's files. @throws Error when it is no ZIP */
export function zipNames(archive: Buffer): string[] {
  return entriesOf(archive).map((entry) => entry.name);
}

/** The content of the first file whose name ends with `ending`; null where there is none. @throws Error when it is no ZIP */
export function readZipFile(archive: Buffer, ending: string): Buffer | null {
  const entry = entriesOf(archive).find(({ name }) => name.endsWith(ending));
  if (!entry) return null;
  const { headerAt, packedBytes, method } = entry;
  // The header before the content has its own name and extra field, whose lengths differ from those in the directory.
  const from = headerAt + 30 + archive.readUInt16LE(headerAt + 26) + archive.readUInt16LE(headerAt + 28);
  const packed = archive.subarray(from, from + packedBytes);
  if (method === methods.stored) return packed;
  if (method === methods.deflated) return inflateRawSync(packed);
  throw new Error(`${entry.name} is packed in a way that is not known here (${method})`);
}

/** The entries of the central directory (APPNOTE 4.3.12). */
function entriesOf(archive: Buffer): ZipEntry[] {
  // The end record is 22 bytes and a comment, which the archives read here do not have.
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) throw new Error('Not a whole ZIP: it has no end record');
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  while (entries.length < count) {
    if (archive.toString('latin1', at, at + 4) !== 'PK\u0001\u0002') throw new Error('Not a whole ZIP');
    const nameBytes = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameBytes),
      method: archive.readUInt16LE(at + 10),
      packedBytes: archive.readUInt32LE(at + 20),
      headerAt: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
