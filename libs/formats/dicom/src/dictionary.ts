import { ACQUISITION_TAGS } from './dictionary-acquisition.js';
import { DOCUMENT_TAGS } from './dictionary-documents.js';
import { IMAGE_TAGS } from './dictionary-images.js';
import { IDENTITY_TAGS } from './dictionary-identity.js';
import { NUCLEAR_TAGS } from './dictionary-nuclear.js';
import { RADIOTHERAPY_TAGS } from './dictionary-radiotherapy.js';

/**
 * A working part of the data dictionary of PS3.6 chapter 6: what the modules of patient, study, series, equipment,
 * image, multi-frame, waveform, structured report, document and the common radiotherapy objects use. The tables are
 * lines of `ELEMENT VR Keyword` under `@GROUP`. VR `xs` is US or SS by Pixel Representation (PS3.5 annex A.1).
 */
interface Entry {
  readonly vr: string;
  readonly keyword: string;
}

const entries = new Map<number, Entry>();
const tags = new Map<string, number>();

for (const table of [IDENTITY_TAGS, ACQUISITION_TAGS, NUCLEAR_TAGS, IMAGE_TAGS, DOCUMENT_TAGS, RADIOTHERAPY_TAGS]) {
  let group = 0;
  for (const line of table.trim().split('\n')) {
    if (line.startsWith('@')) {
      group = Number.parseInt(line.slice(1), 16) * 0x10000;
      continue;
    }
    const [element = '', vr = '', keyword = ''] = line.trim().split(' ');
    const tag = group + Number.parseInt(element, 16);
    entries.set(tag, { vr, keyword });
    tags.set(keyword, tag);
  }
}

/** Overlay and curve groups repeat every second group number up to 1E (PS3.5 section 7.6). */
function entryOf(tag: number): Entry | undefined {
  const entry = entries.get(tag);
  if (entry) return entry;
  const group = tag >>> 16;
  if ((group & 0xff01) !== 0x6000 || group > 0x601e) return undefined;
  return entries.get(0x60000000 + (tag & 0xffff));
}

/** VR of a tag in an implicit VR data set; undefined (read as UN) for what the table does not hold. */
export function vrOf(tag: number): string | undefined {
  const entry = entryOf(tag);
  if (entry) return entry.vr;
  const element = tag & 0xffff;
  if (element === 0) return 'UL';
  // Private creators reserve a block (PS3.5 section 7.8.1).
  return ((tag >>> 16) & 1) === 1 && element >= 0x10 && element <= 0xff ? 'LO' : undefined;
}

/** Keyword of a tag (eight hexadecimal digits), e.g. `00100010` → `PatientName`; undefined when not in the table. */
export function keywordOf(tag: string): string | undefined {
  return entryOf(Number.parseInt(tag, 16))?.keyword;
}

/** Tag of a keyword, e.g. `PatientName` → `00100010`; undefined when not in the table. */
export function tagOf(keyword: string): string | undefined {
  return tags.get(keyword)?.toString(16).toUpperCase().padStart(8, '0');
}

/** VR by tag (eight hexadecimal digits), `US` where the dictionary allows US or SS; undefined when unknown. */
export function dictionaryVr(tag: string): string | undefined {
  const vr = vrOf(Number.parseInt(tag, 16));
  return vr === 'xs' ? 'US' : vr;
}
