import { isId, Refusal } from '#libs/kernel';
import type { Resource } from './resource.js';
import type { SearchParameters } from './search-parameters.js';

/** A place in an order: the last id seen, with its instant where the order is by time. */
export interface Place {
  id: string;
  at?: Date;
}

export function writeCursor({ id, at }: Place): string {
  return Buffer.from(at ? `${id}|${at.toISOString()}` : id).toString('base64url');
}

/** @throws Refusal `invalid` / bad-cursor */
export function readCursor(parameters: SearchParameters): Place | undefined {
  const text = parameters.single('_cursor');
  if (text === undefined) return undefined;
  const [id = '', time] = Buffer.from(text, 'base64url').toString().split('|');
  const at = time === undefined ? undefined : new Date(time);
  if (!isId(id) || (at && Number.isNaN(at.getTime()))) {
    throw new Refusal('invalid', 'bad-cursor', 'Follow the links of the page before as they are.');
  }
  return at ? { id, at } : { id };
}

/**
 * A searchset. `found` holds one more than was asked for where there is a next page; `total` is given where the first page is all.
 * @param base where FHIR lives, without a slash at the end
 */
export function searchBundle<T>(page: {
  base: string;
  type: string;
  parameters: SearchParameters;
  found: readonly T[];
  resource: (one: T) => Resource;
  place: (one: T) => Place;
}): Resource {
  const { base, type, parameters, found } = page;
  const shown = found.slice(0, parameters.count);
  const more = found.length > shown.length;
  const link = (cursor: string | undefined) => {
    const query = new URLSearchParams(parameters.used);
    if (cursor !== undefined) query.set('_cursor', cursor);
    const text = query.toString();
    return `${base}/${type}${text === '' ? '' : `?${text}`}`;
  };
  const here = parameters.single('_cursor');
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(here === undefined && !more ? { total: shown.length } : {}),
    link: [
      { relation: 'self', url: link(here) },
      ...(more ? [{ relation: 'next', url: link(writeCursor(page.place(shown.at(-1)!))) }] : []),
    ],
    ...(shown.length === 0
      ? {}
      : {
          entry: shown.map((one) => {
            const resource = page.resource(one);
            return { fullUrl: `${base}/${type}/${resource.id}`, resource, search: { mode: 'match' } };
          }),
        }),
  };
}
