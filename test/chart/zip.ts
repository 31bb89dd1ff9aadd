import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/**
 * Gives the content of one file of a ZIP archive. Throws when the archive does not hold it.
 * Archives above 4 GiB and other methods than stored and deflated are not read.
 */
export function readZipEntry(archive: Buffer, name: string): Buffer {
  for (
    let at = firstEntry(archive);
    archive.readUInt32LE(at) === ENTRY;
    at = nextEntry(archive, at)
  ) {
    const nameLength = archive.readUInt16LE(at + 28);
    if (archive.toString("utf8", at + 46, at + 46 + nameLength) !== name) continue;
    const compressed = contentOf(
      archive,
      archive.readUInt32LE(at + 42),
      archive.readUInt32LE(at + 20),
    );
    return archive.readUInt16LE(at + 10) === 0 ? compressed : inflateRawSync(compressed);
  }
  throw new Error(`the archive holds no ${name}`);
}

function firstEntry(archive: Buffer): number {
  for (let at = archive.length - 22; at >= 0; at--) {
    if (archive.readUInt32LE(at) === END) return archive.readUInt32LE(at + 16);
  }
  throw new Error("this is no ZIP archive");
}

function nextEntry(archive: Buffer, at: number): number {
  const lengths = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
  return at + 46 + lengths.reduce((total, length) => total + length, 0);
}

function contentOf(archive: Buffer, header: number, size: number): Buffer {
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  return archive.subarray(start, start + size);
}
