import { type TrueTypeFont } from './true-type.js';

/** Points in a millimetre. */
export const MM = 72 / 25.4;
export const A4 = { width: 595.28, height: 841.89 } as const;

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly colour?: string;
}

/** What is on a page, in points from its top left; the base line of a text is at `y`. */
export type Mark =
  | { readonly type: 'text'; readonly text: string; readonly x: number; readonly y: number; readonly style: TextStyle }
  | {
      readonly type: 'paths';
      readonly paths: readonly (readonly (readonly [number, number])[])[];
      readonly stroke: { readonly colour: string; readonly width: number };
    }
  | {
      readonly type: 'image';
      readonly image: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };

/** One page while it is laid out. */
export class Sheet {
  readonly marks: Mark[] = [];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  text(text: string, x: number, y: number, style: TextStyle): void {
    if (text !== '') this.marks.push({ type: 'text', text, x, y, style });
  }

  paths(paths: readonly (readonly (readonly [number, number])[])[], stroke: { colour: string; width: number }): void {
    this.marks.push({ type: 'paths', paths, stroke });
  }

  rule(x1: number, x2: number, y: number, colour = '#b8c4ce', width = 0.6): void {
    this.paths(
      [
        [
          [x1, y],
          [x2, y],
        ],
      ],
      { colour, width },
    );
  }

  image(image: number, x: number, y: number, width: number, height: number): void {
    this.marks.push({ type: 'image', image, x, y, width, height });
  }
}

/** Widths and line breaks of the two weights. */
export class Typesetter {
  constructor(
    private readonly regular: TrueTypeFont,
    private readonly bold: TrueTypeFont,
  ) {}

  width(text: string, { size, bold }: TextStyle): number {
    const font = bold === true ? this.bold : this.regular;
    let units = 0;
    for (const character of text) units += font.advanceOf(font.glyphOf(character.codePointAt(0)!));
    return (units * size) / font.unitsPerEm;
  }

  /** Lines not wider than `width`; Chinese breaks anywhere but before closing marks, Latin words stay whole if they can. */
  wrap(text: string, width: number, style: TextStyle): string[] {
    return clean(text)
      .split('\n')
      .flatMap((paragraph) => this.wrapParagraph(paragraph, width, style));
  }

  private wrapParagraph(paragraph: string, width: number, style: TextStyle): string[] {
    const lines: string[] = [];
    let line = '';
    for (const piece of pieces(paragraph)) {
      if (this.width(line + piece.trimEnd(), style) <= width) {
        line += piece;
        continue;
      }
      if (line !== '') lines.push(line.trimEnd());
      line = '';
      // A single piece that is wider than the column is cut where it must be.
      for (const character of piece) {
        if (line !== '' && this.width(line + character, style) > width) {
          lines.push(line);
          line = '';
        }
        line += character;
      }
    }
    lines.push(line.trimEnd());
    return lines;
  }
}

/** Line ends unified, tabs as spaces, other control characters gone. */
export function clean(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    .replaceAll(/(?!\n)\p{Cc}/gu, '');
}

const CLOSING = '，。、；：！？）》」』】〕”’％%℃,.;:!?)]}';
const OPENING = '（《「『【〔“‘([{';

/** What must not be broken: a run of Latin letters and digits, and a mark with the character that it belongs to. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (const part of text.match(/[\p{Script=Latin}\p{N}.,/×±~<>=≥≤+\-_%°µ]+ *|./gsu) ?? []) {
    const previous = found.at(-1);
    const joins = previous !== undefined && (CLOSING.includes(part[0]!) || OPENING.includes(previous.at(-1)!));
    if (joins && previous.length < 24) found[found.length - 1] = previous + part;
    else found.push(part);
  }
  return found;
}
