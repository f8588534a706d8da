import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  buildFileMeta,
  buildKeyObjectSelection,
  buildMeasurementReport,
  documentBytes,
  EXPLICIT_VR_LITTLE_ENDIAN,
  Part10Splitter,
  readAttributes,
  text,
  type DicomJson,
  type DocumentOrigin,
} from '#libs/formats/dicom';
import { sampleCt, sampleDr } from '#libs/formats/samples';
import { hasCounterpart } from '#test/counterpart';
import { faultsByDciodvfy } from '#test/dciodvfy';
import { oneOfEachKind } from '#test/sample-marks';

const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';
/** What dciodvfy remarks of every such document: our own scheme of codes, and a Chinese name without a Latin one. */
const REMARKS = [
  /^Warning - Unrecognized defined term <99QIAO> for value 1 of attribute <Coding Scheme Designator>$/,
  /^Warning - Value dubious for this VR - \(0x0040,0xa123\) PN Person Name +PN \[1\] = <=[孙钱]医生> - Retired Person Name form$/,
];
const folder = mkdtempSync(join(tmpdir(), 'qiao-documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function headerOf(file: Uint8Array): DicomJson {
  const splitter = new Part10Splitter();
  const bytes = Buffer.concat([splitter.push(Buffer.from(file)), splitter.end()]);
  return readAttributes(bytes, splitter.meta!.transferSyntaxUid, { complete: true }).attributes;
}
const ct = headerOf(sampleCt({ slices: 1, patientName: 'Wang^JianGuo=王^建国' })[0]!.bytes);
const dr = headerOf(sampleDr({})[0]!.bytes);

function marked(header: DicomJson, multiFrame: boolean) {
  return {
    sopClassUid: multiFrame ? ENHANCED_CT : text(header, '00080016')!,
    sopInstanceUid: text(header, '00080018')!,
    seriesInstanceUid: text(header, '0020000E')!,
    multiFrame,
    header,
  };
}
function originOf(image: DicomJson): DocumentOrigin {
  return {
    image,
    sopInstanceUid: '2.25.101',
    seriesInstanceUid: '2.25.100',
    seriesNumber: 9001,
    instanceNumber: 1,
    madeAt: new Date('2026-01-05T02:00:00Z'),
    author: { name: '孙医生', organization: '桥县人民医院' },
  };
}
function fileOf(name: string, document: DicomJson): string {
  const path = join(folder, name);
  const meta = buildFileMeta({
    sopClassUid: text(document, '00080016')!,
    sopInstanceUid: text(document, '00080018')!,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  writeFileSync(path, Buffer.concat([meta, documentBytes(document)]));
  return path;
}
const reportOf = (
  header: DicomJson,
  multiFrame = false,
  predecessor?: { sopInstanceUid: string; seriesInstanceUid: string },
) => {
  const image = marked(header, multiFrame);
  return buildMeasurementReport({
    origin: originOf(header),
    marks: oneOfEachKind(image.sopInstanceUid, multiFrame ? 4 : 1).map((mark, at) =>
      at === 1 ? { ...mark, observer: '钱医生' } : mark,
    ),
    images: [image],
    predecessor,
  });
};
const selectionOf = (header: DicomJson, multiFrame = false) =>
  buildKeyObjectSelection({
    origin: originOf(header),
    title: 'of-interest',
    description: '右肺上叶结节',
    images: [{ ...marked(header, multiFrame), frame: multiFrame ? 4 : 1 }],
  });
const before = { sopInstanceUid: '2.25.99', seriesInstanceUid: '2.25.100' };

describe('the documents of Qiao before other programs', () => {
  const documents: Record<string, DicomJson> = {
    'a report on a CT': reportOf(ct),
    'a report on a DR that takes the place of another': reportOf(dr, false, before),
    'a report on a multi-frame image': reportOf(ct, true),
    'a report that withdraws': buildMeasurementReport({
      origin: originOf(ct),
      marks: [],
      images: [],
      predecessor: before,
    }),
    'a selection from a CT': selectionOf(ct),
    'a selection from a multi-frame image': selectionOf(ct, true),
  };

  if (hasCounterpart('dciodvfy')) {
    for (const [name, document] of Object.entries(documents)) {
      it(`dciodvfy finds no error in ${name}, and remarks nothing unexpected`, async () => {
        const { errors, warnings } = await faultsByDciodvfy(fileOf('checked.dcm', document));
        expect(errors).toEqual([]);
        expect(warnings.filter((warning) => !REMARKS.some((remark) => remark.test(warning)))).toEqual([]);
      });
    }

    it('dciodvfy finds what is wrong in a broken one', async () => {
      const { '0040A040': _valueType, ...broken } = selectionOf(ct);
      expect((await faultsByDciodvfy(fileOf('broken.dcm', broken))).errors).not.toEqual([]);
    });
  }

  if (hasCounterpart('dsrdump')) {
    const dump = async (name: string): Promise<string> => {
      const { stdout } = await promisify(execFile)('dsrdump', ['+Pl', '+U8', fileOf('dumped.dcm', documents[name]!)]);
      return stdout;
    };
    it('dsrdump shows the numbers, words and places of a report', async () => {
      const dumped = await dump('a report on a CT');
      for (const shown of [
        'PNAME:(,,"Person Observer Name")="=孙医生"',
        '(,,"Length")="56.1775" (mm,UCUM,"millimeter")',
        '(,,"Short axis")="14" (mm,UCUM,"millimeter")',
        '(,,"Cobb angle")="0.33333333333333" (deg,UCUM,"degree")',
        '(,,"Attenuation Coefficient")="-612.25" ([hnsf\'U],UCUM,"Hounsfield unit")',
        '(,,"Cardiothoracic ratio")="0.3846" (1,UCUM,"no units")',
        'TEXT:(,,"Comment")="右肺上叶结节，长径"',
        '像素间距（患者体内）：行距 0.7 mm，列距 0.7 mm',
        '(POLYLINE,100.5/120.25,180.75/121)',
        '(POINT,312/214)',
      ])
        expect(dumped).toContain(shown);
    });
    it('dsrdump shows the image of a selection, and its frame', async () => {
      expect(await dump('a selection from a CT')).toContain('contains IMAGE:=(CT image,');
      expect(await dump('a selection from a multi-frame image')).toContain('contains IMAGE:=(CTe image,,4)');
    });
  }
});
