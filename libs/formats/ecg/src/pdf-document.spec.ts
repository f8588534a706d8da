import { describe, expect, it } from '@jest/globals';
import { detectEcgFormat } from './detect-ecg-format.js';
import { demandPdfDocument } from './pdf-document.js';
import { readEcg } from './read-ecg.js';

const pdf = Buffer.from(
  `%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n${'x'.repeat(3000)}\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n`,
);

describe('an ECG as a PDF', () => {
  it('is told by its content, taken whole, and has no waveform', () => {
    expect(detectEcgFormat(pdf)).toBe('pdf');
    expect(() => demandPdfDocument(pdf)).not.toThrow();
    expect(() => readEcg(pdf)).toThrow(expect.objectContaining({ code: 'no-waveform' }));
  });

  it('is refused where it was cut off, and where it is no PDF', () => {
    expect(() => demandPdfDocument(pdf.subarray(0, 2000))).toThrow(expect.objectContaining({ code: 'truncated' }));
    expect(() => demandPdfDocument(pdf.subarray(1))).toThrow(expect.objectContaining({ code: 'not-ecg' }));
    expect(() => demandPdfDocument(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'not-ecg' }));
  });
});
