/** A Content-Type or one range of an Accept header (RFC 9110 section 8.3.1), type and parameter names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /^[\w!#$%&'*+.^`|~/-]+$/;
const PARAMETER = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;

/** Reads a media type, or null when the text is none. Quoted parameters may hold anything, `;` included. */
export function parseMediaType(text: string): MediaType | null {
  if (text.length > 1024) return null;
  const semicolon = text.indexOf(';');
  const type = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  if (!TOKEN.test(type)) return null;
  const parameters = new Map<string, string>();
  for (const [, name, quoted, bare] of text.matchAll(PARAMETER)) {
    const value = quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1');
    if (!parameters.has(name!.toLowerCase())) parameters.set(name!.toLowerCase(), value);
  }
  return { type, parameters };
}

/** RFC 2046 section 5.1.1 allows 70 characters; Orthanc sends 73. */
const LONGEST_BOUNDARY = 200;

/** The boundary of a multipart type, or null where there is none that can be used. */
export function boundaryOf({ parameters }: MediaType): string | null {
  const boundary = parameters.get('boundary') ?? '';
  return boundary.length >= 1 && boundary.length <= LONGEST_BOUNDARY && !/[\r\n\0]|\s$/.test(boundary)
    ? boundary
    : null;
}
