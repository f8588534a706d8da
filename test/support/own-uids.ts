import dicomParser from 'dicom-parser';

/**
 * The same file as an examination of its own: its study, series and instance UID end in `number` (five digits), wherever they stand,
 * and are put in where the file has none. Nothing else of it changes, a deflated file not at all.
 */
export function withOwnUids(bytes: Buffer, number: number): Buffer {
  const dataset = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  const syntax = dataset.string('x00020010');
  if (syntax === '1.2.840.10008.1.2.1.99') return bytes;
  let text = bytes.toString('latin1');
  for (const tag of ['x0020000d', 'x0020000e', 'x00080018']) {
    const uid = dataset.string(tag);
    if (uid !== undefined && uid.length > 8) text = text.replaceAll(uid, `${uid.slice(0, -5)}${number}`);
  }
  let out = Buffer.from(text, 'latin1');
  const missing: [string, string][] = [
    ['x00080016', '1.2.840.10008.5.1.4.1.1.7'],
    ['x00080018', `2.25.${number}.3`],
    ['x0020000d', `2.25.${number}.1`],
    ['x0020000e', `2.25.${number}.2`],
  ];
  for (const [tag, uid] of missing) if (dataset.string(tag) === undefined) out = inserted(out, tag, uid);
  return out;
}

/** Explicit VR little endian only. */
function inserted(bytes: Buffer, tag: string, uid: string): Buffer<ArrayBuffer> {
  const { elements } = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  const next = Object.values(elements)
    .filter((element) => element.tag > tag)
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))[0]!;
  const long = ['OB', 'OW', 'OF', 'SQ', 'UN', 'UT'].includes(next.vr ?? '');
  const at = next.dataOffset - (long ? 12 : 8);
  const value = Buffer.from(uid.length % 2 ? `${uid}\0` : uid);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(Number.parseInt(tag.slice(1, 5), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(5), 16), 2);
  head.write('UI', 4);
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([bytes.subarray(0, at), head, value, bytes.subarray(at)]);
}
