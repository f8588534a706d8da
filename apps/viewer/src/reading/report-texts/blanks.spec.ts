import { describe, expect, it } from '@jest/globals';
import { blankAt, blanksOf, nextBlank, previousBlank } from './blanks.js';

const text = '[左|右]肺见结节，约[长径]mm，中线[居中|移位[毫米]mm]。';

describe('blanks of a template', () => {
  it('have the choices between bars, and an inner blank stays in its choice', () =>
    expect(blanksOf(text).map(({ choices }) => choices)).toEqual([['左', '右'], [], ['居中', '移位[毫米]mm']]));

  it('may be left empty by choice', () => expect(blanksOf('结石[，胆囊炎|]。')[0]!.choices).toEqual(['，胆囊炎', '']));

  it('are walked through both ways', () => {
    const [first, second, third] = blanksOf(text);
    expect(nextBlank(text, 0)).toEqual(first);
    expect(nextBlank(text, first!.to)).toEqual(second);
    expect(nextBlank(text, third!.to)).toBeUndefined();
    expect(previousBlank(text, third!.from)).toEqual(second);
    expect(previousBlank(text, 0)).toBeUndefined();
  });

  it('are told by their selection alone', () => {
    expect(blankAt(text, 0, 5)!.text).toBe('[左|右]');
    expect(blankAt(text, 0, 4)).toBeUndefined();
  });

  it('are no brackets of another meaning', () => expect(blanksOf('SUV [3.2]，[Ca2+]，___mm')).toHaveLength(1));
});
