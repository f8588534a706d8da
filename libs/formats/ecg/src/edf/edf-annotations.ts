import type { EdfHeader } from './edf-header.js';

export interface EdfAnnotations {
  /** start of each record in seconds from the header's start time; undefined where its first list says nothing */
  readonly recordStarts: readonly (number | undefined)[];
  readonly texts: readonly { readonly seconds: number; readonly text: string }[];
}

export const ANNOTATION_LABEL = 'EDF Annotations';
const MOST_TEXTS = 10_000;
/** of a list in one record */
const MOST_BYTES = 1 << 16;

/** The time-stamped annotation lists of an EDF+ file (EDF+ section 2.2), in UTF-8. Lists that break the grammar are passed over. */
export function readEdfAnnotations(bytes: Uint8Array, header: EdfHeader): EdfAnnotations {
  const recordStarts = Array.from({ length: header.records }, (): number | undefined => undefined);
  const texts: { seconds: number; text: string }[] = [];
  const decoder = new TextDecoder('utf-8');
  const signals = header.signals.filter(({ label }) => label === ANNOTATION_LABEL);
  for (let record = 0; record < header.records; record += 1)
    for (const signal of signals) {
      const at = header.headerBytes + record * header.recordBytes + signal.offsetInRecord;
      const lists = decoder
        .decode(bytes.subarray(at, at + Math.min(signal.samplesPerRecord * 2, MOST_BYTES)))
        .split('\0');
      lists.forEach((list, i) => {
        const [stamp = '', ...entries] = list.split('\x14');
        const [onset = ''] = stamp.split('\x15');
        if (!/^[+-]\d+(\.\d*)?$/.test(onset)) return;
        if (i === 0 && signal === signals[0] && entries[0] === '') recordStarts[record] = Number(onset);
        for (const text of entries)
          if (text.trim() !== '' && texts.length < MOST_TEXTS)
            texts.push({ seconds: Number(onset), text: text.trim() });
      });
    }
  return { recordStarts, texts };
}
