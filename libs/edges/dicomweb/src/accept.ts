import { parseMediaType, type MediaType } from './media-type.js';

/** One thing the asker would take, the dearest first. */
export interface Acceptable extends MediaType {
  readonly quality: number;
}

/** Cuts a list at commas outside quotes (RFC 9110 section 5.6.1). */
function split(list: string): string[] {
  return (list.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"|")+/g) ?? []).map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * What the asker would take: the `accept` query parameter (PS3.18 8.3.3.1) where there is one, else the Accept header, best first. What
 * has q=0 or is no media range is left out; without any of both, everything is welcome.
 */
export function acceptable(header: string | undefined, parameter: unknown): readonly Acceptable[] {
  const list = typeof parameter === 'string' && parameter !== '' ? parameter : (header ?? '*/*');
  let ranges = remembered.get(list);
  if (!ranges) {
    ranges = parsed(list);
    if (remembered.size >= REMEMBERED) remembered.clear();
    if (list.length <= 1024) remembered.set(list, ranges);
  }
  return ranges;
}

/** A client says the same with each of its thousand requests. */
const REMEMBERED = 200;
const remembered = new Map<string, readonly Acceptable[]>();

function parsed(list: string): Acceptable[] {
  return split(list)
    .flatMap((text): Acceptable[] => {
      const type = parseMediaType(text);
      if (!type) return [];
      const quality = Number(type.parameters.get('q') ?? '1');
      return quality > 0 ? [{ ...type, quality: Math.min(1, quality) }] : [];
    })
    .sort((one, other) => other.quality - one.quality);
}

/** The type of a multipart's parts, in lower case. */
export function innerType(range: MediaType): string | undefined {
  return range.parameters.get('type')?.toLowerCase();
}
