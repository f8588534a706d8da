import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DicomFormatError, Part10Splitter, readAttributes, text } from '#libs/formats/dicom';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const folder = join(root, 'dicom');

function filesUnder(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]))
    .filter((file) => !/DICOMDIR|README|worklist-dumps|\.tsv$/.test(file));
}

const files = filesUnder(folder).sort();

function split(bytes: Buffer, chunk = bytes.length): { dataset: Buffer; splitter: Part10Splitter } {
  const splitter = new Part10Splitter();
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk) parts.push(splitter.push(bytes.subarray(at, at + chunk)));
  parts.push(splitter.end());
  return { dataset: Buffer.concat(parts), splitter };
}

function read(bytes: Buffer) {
  const { dataset, splitter } = split(bytes);
  return readAttributes(dataset, splitter.meta!.transferSyntaxUid);
}

/** Refused on purpose: two are cut short, one has a stray byte before its first tag (dcmtk refuses it as well). */
const REFUSED: Record<string, string> = {
  'malformed/pydicom__MR_truncated.dcm': 'truncated',
  'malformed/pydicom__no_meta.dcm': 'not-dicom',
  'malformed/pydicom__rtplan_truncated.dcm': 'truncated',
};

/** Files whose names and UIDs are compared with what dcmdump prints. */
const COMPARED = [
  'malformed/pydicom__badVR.dcm',
  'malformed/pydicom-data__bad_sequence.dcm',
  'malformed/pydicom__J2K_pixelrep_mismatch.dcm',
  'malformed/pydicom__rtstruct.dcm',
  'malformed/pydicom-data__OT-PAL-8-face.dcm',
  'malformed/dcmjs__invalid-vr-length-test.dcm',
  'multiframe-enhanced/pydicom-data__eCT_Supplemental.dcm',
  'modality-cr-dx-mg-xa-nm-pt/dicom-test-files__XA1_RLE',
  'rt/pydicom__rtplan.dcm',
  'seg/pydicom-data__liver.dcm',
  'sr/pydicom__test-SR.dcm',
  'series-ct-28/dcm_qa_ct__GE_01.dcm',
  'transfer-syntax/pydicom-data__emri_small_big_endian.dcm',
  'waveform-ecg/pydicom__waveform_ecg.dcm',
];

const COMPARED_TAGS = new Set([
  '0008,0016',
  '0008,0018',
  '0020,000d',
  '0020,000e',
  '0010,0010',
  '0010,0020',
  '0008,0060',
]);

/** First value of each compared tag as dcmdump prints it at the top level (nested elements are indented). */
function dumped(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = execFileSync('dcmdump', ['-q', '-Un', '+L', file], { encoding: 'utf8', maxBuffer: 1 << 27 }).split(
    '\n',
  );
  for (const line of lines) {
    const match = /^\(([0-9a-f]{4},[0-9a-f]{4})\) \S+ \[(.*)\] +#/.exec(line);
    if (!match || !COMPARED_TAGS.has(match[1]!)) continue;
    found[match[1]!.replace(',', '').toUpperCase()] = match[2]!.split('\\')[0]!.trim();
  }
  return found;
}

describe('real files', () => {
  it('are all read, or refused with the reason we know of', () => {
    const refused: Record<string, string> = {};
    for (const file of files) {
      try {
        read(readFileSync(file));
      } catch (error) {
        if (!(error instanceof DicomFormatError)) throw error;
        refused[relative(folder, file)] = error.code;
      }
    }
    expect(files.length).toBeGreaterThan(700);
    expect(refused).toEqual(REFUSED);
  });

  it.each(COMPARED)('%s says what dcmdump says', (name) => {
    const file = join(folder, name);
    const { attributes } = read(readFileSync(file));
    const expected = dumped(file);
    expect(Object.keys(expected).length).toBeGreaterThan(3);
    const ours = Object.fromEntries(Object.keys(expected).map((tag) => [tag, text(attributes, tag) ?? '']));
    expect(ours).toEqual(expected);
  });

  it('give the same data set whatever the size of the chunks', () => {
    for (const file of files.filter((name) => /malformed|charset|sr\//.test(name))) {
      if (file.endsWith('no_meta.dcm')) continue;
      const bytes = readFileSync(file);
      const whole = split(bytes);
      for (const chunk of bytes.length < 20_000 ? [1, 7, 131, 4096] : [4096]) {
        const parts = split(bytes, chunk);
        expect(parts.splitter.meta).toEqual(whole.splitter.meta);
        expect(parts.dataset.equals(whole.dataset)).toBe(true);
      }
    }
  });

  it('end in a refusal or a result wherever they are cut', () => {
    for (const file of files.filter((name) => /malformed|encapsulation|waveform|deflated/i.test(name))) {
      const bytes = readFileSync(file);
      for (let step = 0; step < 40; step += 1) {
        try {
          read(bytes.subarray(0, Math.floor((bytes.length * step) / 40)));
        } catch (error) {
          expect(error).toBeInstanceOf(DicomFormatError);
        }
      }
    }
  });

  it('need no more than a prefix up to the pixel data', () => {
    for (const file of files.filter((name) => /series-ct|Deflated|us-multiframe/.test(name))) {
      const { dataset, splitter } = split(readFileSync(file));
      const syntax = splitter.meta!.transferSyntaxUid;
      const whole = readAttributes(dataset, syntax);
      const inPrefix = readAttributes(dataset.subarray(0, 64 * 1024), syntax, { complete: false });
      expect(inPrefix.needMore).toBe(false);
      expect(inPrefix.pixelData?.offset).toBe(whole.pixelData?.offset);
      expect(readAttributes(dataset.subarray(0, 300), syntax, { complete: false }).needMore).toBe(true);
    }
  });
});
