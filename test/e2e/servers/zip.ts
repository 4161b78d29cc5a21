/** A zip archive whose files are stored as they are (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16). */
import { crc32 } from "node:zlib";

/** @param files name and content; a name ends with a slash for a folder. All of them may be executed. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const [label, data] = [Buffer.from(name), Buffer.from(content)];
    // Version 2.0, UTF-8 names, no compression, 1 January 1980.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x0800, 2);
    shared.writeUInt16LE(0x0021, 8);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(label.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), shared, label, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(0o100755 * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    // Made on Unix, so that the permissions count.
    directory.push(Buffer.from("PK\x01\x02\x14\x03"), shared, tail, label);
    bodies.push(body);
    offset += body.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, entries, Buffer.from("PK\x05\x06"), end]);
}
