import { describe, expect, it } from '@jest/globals';
import { oneOfEachKind } from '#test/sample-marks';
import { personName, sequence, text } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import { readAttributes } from '../read-attributes.js';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntaxes.js';
import { buildMeasurementReport, type MarkedImage } from './build-measurement-report.js';
import { calibrationText } from './calibration.js';
import { dataSet, decimalText } from './content-items.js';
import { documentBytes, type DocumentOrigin } from './document-header.js';
import { buildKeyObjectSelection, readKeyObjectSelection } from './key-object-selection.js';
import { fitsKind, MARK_KINDS, type Mark } from './mark.js';
import { readMeasurementReport } from './read-measurement-report.js';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const header = dataSet({
  SOPClassUID: CT,
  StudyInstanceUID: '1.2.3',
  StudyDate: '20260105',
  StudyTime: '093000',
  Modality: 'CT',
  PatientName: { Alphabetic: 'Wang^JianGuo', Ideographic: '王^建国' },
  PatientID: 'P1',
  PatientSex: 'M',
  PixelSpacing: [0.7, 0.7],
});
const image = (uid: string, multiFrame = false): MarkedImage => ({
  sopClassUid: CT,
  sopInstanceUid: uid,
  seriesInstanceUid: '1.2.3.4',
  multiFrame,
  header,
});
const origin: DocumentOrigin = {
  image: header,
  sopInstanceUid: '2.25.77',
  seriesInstanceUid: '2.25.7',
  seriesNumber: 9001,
  instanceNumber: 2,
  madeAt: new Date('2026-01-05T18:30:05Z'),
  author: { name: '孙医生', organization: '桥县人民医院' },
};

/** Written to bytes and read again, as it goes through any store. */
function throughBytes(document: DicomJson): { document: DicomJson; bulk: (uri: string) => Buffer | undefined } {
  const bytes = documentBytes(document);
  const { attributes, bulk } = readAttributes(bytes, EXPLICIT_VR_LITTLE_ENDIAN, { complete: true });
  return {
    document: attributes,
    bulk: (uri) => bulk[uri] && bytes.subarray(bulk[uri].offset, bulk[uri].offset + bulk[uri].length),
  };
}
function readBack(document: DicomJson) {
  const through = throughBytes(document);
  return readMeasurementReport(through.document, through.bulk)!;
}

describe('a measurement report', () => {
  const marks = oneOfEachKind('1.2.3.4.5');
  const report = buildMeasurementReport({ origin, marks, images: [image('1.2.3.4.5')] });

  it('has a mark of every kind, with as many points as its kind has', () => {
    expect(marks.map((mark) => mark.kind).sort()).toEqual([...MARK_KINDS].sort());
    expect(marks.every((mark) => fitsKind(mark.kind, mark.points.length))).toBe(true);
  });

  for (const mark of marks) {
    it(`gives a mark back as it was: ${mark.kind}`, () => {
      const { document, bulk } = throughBytes(
        buildMeasurementReport({ origin, marks: [mark], images: [image('1.2.3.4.5')] }),
      );
      expect(readMeasurementReport(document, bulk)).toEqual({
        marks: [mark],
        notUnderstood: 0,
        observer: '孙医生',
        predecessors: [],
      });
    });
  }

  it('gives all of them back in their order', () => {
    expect(readBack(report).marks).toEqual(marks);
  });

  it('keeps the frame of a multi-frame image, and names none of a single one', () => {
    const [mark] = oneOfEachKind('1.2.3.4.6', 7);
    const found = readBack(buildMeasurementReport({ origin, marks: [mark!], images: [image('1.2.3.4.6', true)] }));
    expect(found.marks).toEqual([mark]);
    expect(JSON.stringify(report)).not.toContain('00081160');
  });

  it('is the same bytes for the same marks', () => {
    const again = buildMeasurementReport({ origin, marks, images: [image('1.2.3.4.5'), image('1.2.3.4.9')] });
    expect(documentBytes(again).equals(documentBytes(report))).toBe(true);
  });

  it('belongs to the patient and study of the image, in UTF-8, at the time in its zone', () => {
    const { document } = throughBytes(report);
    expect(personName(document, '00100010').display).toBe('王建国');
    expect(
      ['00080005', '00100020', '0020000D', '00080060', '00080023', '00080033'].map((tag) => text(document, tag)),
    ).toEqual(['ISO_IR 192', 'P1', '1.2.3', 'SR', '20260106', '023005']);
    for (const tag of ['00100030', '00080050', '00080090', '00200010'])
      expect(document[tag]).toEqual({ vr: expect.any(String) });
  });

  it('lists each image once as evidence', () => {
    const [study] = sequence(report, '0040A375');
    const references = sequence(sequence(study!, '00081115')[0]!, '00081199');
    expect(references.map((reference) => text(reference, '00081155'))).toEqual(['1.2.3.4.5']);
  });

  it('names the document that it takes the place of, and can say that nothing is left', () => {
    const predecessor = { sopInstanceUid: '2.25.76', seriesInstanceUid: '2.25.7' };
    const found = readBack(buildMeasurementReport({ origin, marks: [], images: [image('1.2.3.4.5')], predecessor }));
    expect(found).toEqual({ marks: [], notUnderstood: 0, observer: '孙医生', predecessors: ['2.25.76'] });
  });

  it('says of one mark that another person made it', () => {
    const [mine, theirs] = [marks[0]!, { ...marks[1]!, observer: '钱医生' }];
    const found = readBack(buildMeasurementReport({ origin, marks: [mine, theirs], images: [image('1.2.3.4.5')] }));
    expect(found.marks.map((mark) => mark.observer)).toEqual([undefined, '钱医生']);
  });

  it('says what millimetres mean, with square and with other pixels', () => {
    const mark = (calibration: Mark['calibration'], frame = 1): Mark => ({ ...marks[0]!, calibration, frame });
    const spacing = (json: Parameters<typeof dataSet>[0]): DicomJson => dataSet(json);
    const words = (calibration: Mark['calibration'], json: Parameters<typeof dataSet>[0], frame = 1): string =>
      calibrationText(mark(calibration, frame), spacing(json));
    expect(words('patient', { PixelSpacing: [0.7, 0.7] })).toBe('像素间距（患者体内）：行距 0.7 mm，列距 0.7 mm');
    expect(words('patient', { PixelSpacing: [1.25, 0.5] })).toBe('像素间距（患者体内）：行距 1.25 mm，列距 0.5 mm');
    expect(words('detector', { ImagerPixelSpacing: [0.143, 0.143] })).toBe(
      '像素间距（探测器平面，未按放大率校正）：行距 0.143 mm，列距 0.143 mm',
    );
    const measures = (...row: number[]): DicomJson =>
      dataSet({ PixelMeasuresSequence: dataSet({ PixelSpacing: row }) });
    expect(words('patient', { PerFrameFunctionalGroupsSequence: [measures(1, 1), measures(0.9, 0.45)] }, 2)).toBe(
      '像素间距（患者体内）：行距 0.9 mm，列距 0.45 mm',
    );
    const region = dataSet({
      RegionLocationMinX0: 50,
      RegionLocationMinY0: 50,
      RegionLocationMaxX1: 400,
      RegionLocationMaxY1: 400,
      PhysicalUnitsXDirection: 3,
      PhysicalUnitsYDirection: 3,
      PhysicalDeltaX: 0.02,
      PhysicalDeltaY: 0.04,
    });
    expect(words('region', { SequenceOfUltrasoundRegions: region })).toBe('超声区域标定：行距 0.4 mm，列距 0.2 mm');
    expect(words('region', {})).toBe('超声区域标定');
    expect(words('pixels', { PixelSpacing: [0.7, 0.7] })).toBe('无标定，以像素计');
    const { document } = throughBytes(report);
    expect(JSON.stringify(document)).toContain('像素间距（患者体内）：行距 0.7 mm，列距 0.7 mm');
  });

  it('writes a number in sixteen characters as exactly as they allow', () => {
    for (const value of [0, -0.5, 1 / 3, -1e-7 / 3, 123456789.12345679, -612.25, 1e22, Math.PI * 1e-10]) {
      expect(decimalText(value).length).toBeLessThanOrEqual(16);
      expect(Math.abs(Number(decimalText(value)) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
    }
  });
});

describe('a key object selection', () => {
  it('gives back its title, its words, and the frames in the order of choice', () => {
    const images = [
      { ...image('1.2.3.4.6', true), frame: 3 },
      { ...image('1.2.3.4.5'), frame: 1 },
      { ...image('1.2.3.4.6', true), frame: 2 },
    ];
    const document = buildKeyObjectSelection({
      origin,
      title: 'for-referring-provider',
      description: '右肺结节',
      images,
    });
    expect(readKeyObjectSelection(throughBytes(document).document)).toEqual({
      title: 'for-referring-provider',
      description: '右肺结节',
      images: images.map(({ sopInstanceUid, frame }) => ({ sopInstanceUid, frame })),
    });
    const [study] = sequence(document, '0040A375');
    expect(sequence(sequence(study!, '00081115')[0]!, '00081199')).toHaveLength(2);
  });

  it('is told from other documents', () => {
    expect(readKeyObjectSelection(header)).toBeUndefined();
    expect(readMeasurementReport(header)).toBeUndefined();
  });
});

describe('reports of other makers', () => {
  const code = (value: string, scheme: string, meaning = 'x'): DicomJson =>
    dataSet({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning });
  const scoord = (GraphicType: string, GraphicData: number[], ReferencedSOPInstanceUID = '1.2.9'): DicomJson =>
    dataSet({
      ValueType: 'SCOORD',
      GraphicType,
      GraphicData,
      ContentSequence: dataSet({ ValueType: 'IMAGE', ReferencedSOPSequence: dataSet({ ReferencedSOPInstanceUID }) }),
    });
  const num = (concept: DicomJson, value: number, unit: DicomJson, children: DicomJson[] = []): DicomJson =>
    dataSet({
      ValueType: 'NUM',
      ConceptNameCodeSequence: concept,
      MeasuredValueSequence: dataSet({ NumericValue: value, MeasurementUnitsCodeSequence: unit }),
      ContentSequence: children,
    });
  const [mm, deg] = [code('mm', 'UCUM'), code('deg', 'UCUM')];
  const found = (...items: DicomJson[]) =>
    readMeasurementReport(
      dataSet({
        SOPInstanceUID: '1.2.8',
        ConceptNameCodeSequence: code('126000', 'DCM'),
        ContentSequence: dataSet({
          ValueType: 'CONTAINER',
          ConceptNameCodeSequence: code('125007', 'DCM'),
          ContentSequence: items,
        }),
      }),
    )!;

  it('a length in SNOMED RT and centimetres', () => {
    const length = num(code('G-D7FE', 'SRT'), 2.5, code('cm', 'UCUM'), [scoord('POLYLINE', [1, 2, 3, 4])]);
    expect(found(length)).toMatchObject({
      notUnderstood: 0,
      marks: [
        {
          id: '1.2.8#1',
          kind: 'length',
          points: [
            [1, 2],
            [3, 4],
          ],
          values: [{ value: 25, unit: 'mm' }],
          calibration: 'unknown',
        },
      ],
    });
  });

  it('an angle as a polyline of four points, whose lines meet or do not', () => {
    const angle = (...points: number[]) =>
      found(num(code('1483009', 'SCT'), 45, deg, [scoord('POLYLINE', points)])).marks[0];
    expect(angle(0, 0, 5, 5, 5, 5, 9, 0)).toMatchObject({
      kind: 'angle',
      points: [
        [0, 0],
        [5, 5],
        [9, 0],
      ],
    });
    expect(angle(0, 0, 5, 5, 6, 6, 9, 0)).toMatchObject({
      kind: 'cobb',
      points: [
        [0, 0],
        [5, 5],
        [6, 6],
        [9, 0],
      ],
    });
  });

  it('one region under each of its numbers, in pixels without a unit of their own', () => {
    const region = scoord('POLYLINE', [0, 0, 10, 0, 10, 5, 0, 5, 0, 0]);
    const area = num(code('42798000', 'SCT'), 50, code('1', 'UCUM', 'px'), [region]);
    const other = num(code('131191004', 'SCT'), 30, code('1', 'UCUM', 'px'), [region]);
    expect(found(area, other)).toMatchObject({
      notUnderstood: 1,
      marks: [{ kind: 'rectangle', values: [{ quantity: 'area', value: 50, unit: 'px2' }], calibration: 'pixels' }],
    });
  });

  it('a circle as an ellipse of equal axes', () => {
    expect(found(scoord('CIRCLE', [10, 10, 13, 14])).marks[0]).toMatchObject({
      kind: 'ellipse',
      points: [
        [5, 10],
        [15, 10],
        [10, 5],
        [10, 15],
      ],
    });
  });

  it('what can mean several things is counted, not guessed', () => {
    for (const items of [
      [scoord('POLYLINE', [0, 0, 1, 1])],
      [scoord('MULTIPOINT', [0, 0, 1, 1])],
      [scoord('POLYLINE', [0, 0, 1, 1, 2])],
      [
        num(code('410668003', 'SCT'), 3, mm, [
          scoord('POLYLINE', [0, 0, 1, 1]),
          scoord('POLYLINE', [0, 0, 1, 1], '1.2.10'),
        ]),
      ],
      [num(code('118565006', 'SCT'), 3, code('mm3', 'UCUM'), [])],
    ])
      expect(found(...items)).toMatchObject({ marks: [], notUnderstood: 1 });
  });
});
