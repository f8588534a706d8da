import { SaxesParser } from 'saxes';
import { EcgFormatError } from '../ecg-format-error.js';
import { xmlChunks } from './xml-text.js';

/** A real ECG file is about 20 deep. */
const DEEPEST = 100;

/** A DOCTYPE that only names an external subset (XML 1.0, production 28): no `[`, so no entity can be declared in the file. */
const EXTERNAL_ONLY =
  /^\s*[\w:.-]{1,100}\s{1,20}(?:SYSTEM|PUBLIC\s{1,20}(?:"[^"[]*"|'[^'[]*'))\s{1,20}(?:"[^"[]*"|'[^'[]*')\s*$/;

/** Attributes of one element, by their names as written; no namespace is ever asked. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** What a reader is told while a file streams by. `path` are the local names of the open elements, the root first. */
export interface XmlVisitor {
  /** An element begins; `path` ends with its name. */
  readonly open?: (path: readonly string[], attributes: XmlAttributes) => void;
  /** Text and CDATA, in pieces. */
  readonly text?: (path: readonly string[], text: string) => void;
  /** An element ends; `path` still ends with its name. */
  readonly close?: (path: readonly string[]) => void;
}

/**
 * Streams an XML file through `visitor`: one pass, nothing is fetched, the declared encoding is respected. `doctype` says whether one that
 * names an external DTD is passed over; one with an internal subset is refused always, so no entity but the five of XML is ever known.
 *
 * @throws EcgFormatError not-ecg (another root than `root`), bad-xml (not well formed, wrong encoding, a DOCTYPE, nested too deeply).
 */
export function readXml(
  bytes: Uint8Array,
  root: string,
  visitor: XmlVisitor,
  doctype: 'refused' | 'external-passed-over' = 'refused',
): void {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const path: string[] = [];
  parser.on('error', (error) => {
    throw new EcgFormatError('bad-xml', `The XML is not well formed: ${error.message.slice(0, 200)}`);
  });
  parser.on('doctype', (text) => {
    if (doctype === 'refused') throw new EcgFormatError('bad-xml', 'The XML has a DOCTYPE, which is refused.');
    if (text.length > 1000 || !EXTERNAL_ONLY.test(text))
      throw new EcgFormatError('bad-xml', 'The DOCTYPE of the XML does more than name a DTD, which is refused.');
  });
  parser.on('opentag', (tag) => {
    const name = localName(tag.name);
    if (path.length === 0 && name !== root)
      throw new EcgFormatError('not-ecg', `The root element is '${name.slice(0, 100)}', not ${root}.`);
    if (path.length >= DEEPEST) throw new EcgFormatError('bad-xml', 'The XML is nested too deeply.');
    path.push(name);
    visitor.open?.(path, tag.attributes);
  });
  parser.on('text', (text) => visitor.text?.(path, text));
  parser.on('cdata', (text) => visitor.text?.(path, text));
  parser.on('closetag', () => {
    visitor.close?.(path);
    path.pop();
  });
  for (const chunk of xmlChunks(bytes)) parser.write(chunk);
  parser.close();
}

/**
 * The same for files whose values are the text of elements without children: `leaf` gets each of these, trimmed, when it ends. Only the
 * text of the element that is open is held.
 */
export function readXmlLeaves(
  bytes: Uint8Array,
  root: string,
  visitor: {
    readonly open?: (path: readonly string[], attributes: XmlAttributes) => void;
    readonly leaf: (path: readonly string[], text: string) => void;
    readonly close?: (path: readonly string[]) => void;
  },
  doctype: 'refused' | 'external-passed-over' = 'refused',
): void {
  let held: string | undefined;
  readXml(
    bytes,
    root,
    {
      open: (path, attributes) => {
        held = '';
        visitor.open?.(path, attributes);
      },
      text: (_, text) => {
        if (held !== undefined) held += text;
      },
      close: (path) => {
        if (held !== undefined) visitor.leaf(path, held.trim());
        held = undefined;
        visitor.close?.(path);
      },
    },
    doctype,
  );
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
