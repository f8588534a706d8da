import { EcgFormatError } from '../ecg-format-error.js';

const CHUNK = 1 << 16;

/**
 * The encoding of an XML file (XML 1.0, appendix F): the byte order mark, else UTF-16 by its zero bytes, else the declaration, else UTF-8.
 * EcgFormatError bad-xml when the declared one is not known.
 */
function encodingOf(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be';
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 256));
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1] ?? 'utf-8';
  // A declaration that is read byte by byte was not written in UTF-16: the file was kept in another encoding since.
  return /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}

/** The text in pieces of about 64 kB, so that a large file is never held twice. EcgFormatError bad-xml on bytes that the encoding forbids. */
export function* xmlChunks(bytes: Uint8Array): Generator<string> {
  const label = encodingOf(bytes);
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    for (let at = 0; at < bytes.length; at += CHUNK)
      yield decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true });
    yield decoder.decode();
  } catch {
    throw new EcgFormatError('bad-xml', `The file is not text in its encoding, ${label}.`);
  }
}

/** The name of the root element without its prefix, from the first 64 kB; undefined when the bytes are not XML. */
export function xmlRootName(bytes: Uint8Array): string | undefined {
  let head: string;
  try {
    head = new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, CHUNK));
  } catch {
    return undefined;
  }
  let at = /^\uFEFF?\s*/.exec(head)?.[0].length ?? 0;
  if (head[at] !== '<') return undefined;
  // Indexes only: a pattern over nested prolog parts could be made slow by the sender.
  while (head[at] === '<') {
    const close = head.startsWith('<!--', at) ? '-->' : head.startsWith('<?', at) ? '?>' : undefined;
    if (close === undefined && head[at + 1] !== '!') break;
    const end = close === undefined ? head.indexOf('>', at) : head.indexOf(close, at + 2);
    if (end < 0) return undefined;
    const next = head.indexOf('<', end + (close?.length ?? 1));
    if (next < 0) return undefined;
    at = next;
  }
  const name = /^<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/.exec(head.slice(at, at + 200));
  return name?.[1];
}
