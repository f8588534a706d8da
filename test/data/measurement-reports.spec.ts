import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Part10Splitter, readAttributes, readMeasurementReport } from '#libs/formats/dicom';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');

function found(name: string) {
  const splitter = new Part10Splitter();
  const file = readFileSync(join(root!, 'dicom/sr', name));
  const dataset = Buffer.concat([splitter.push(file), splitter.end()]);
  const { attributes } = readAttributes(dataset, splitter.meta!.transferSyntaxUid, { complete: true });
  return readMeasurementReport(attributes);
}

describe('measurement reports of other makers', () => {
  it('dcmjs, by a Cornerstone viewer: a bidirectional measurement in pixels', () => {
    const report = found('dcmjs__sample-sr.dcm')!;
    expect(report).toMatchObject({ notUnderstood: 0, observer: 'unknown unknown' });
    expect(report.marks).toHaveLength(1);
    expect(report.marks[0]).toMatchObject({
      id: '2.25.639471218588509803385904782051176077285',
      kind: 'bidirectional',
      calibration: 'pixels',
      values: [
        { quantity: 'length', value: 64.4505437946691, unit: 'px' },
        { quantity: 'short-axis', value: 42.9670291964462, unit: 'px' },
      ],
    });
    expect(report.marks[0]!.points).toHaveLength(4);
  });

  it('highdicom: a circle, and its area in square centimetres', () => {
    const { marks, notUnderstood } = found('highdicom__sr_document.dcm')!;
    expect(marks).toMatchObject([{ kind: 'ellipse', values: [{ quantity: 'area', value: 170, unit: 'mm2' }] }]);
    expect(notUnderstood).toBe(0);
  });

  it('highdicom: several groups, of which one has a place on an image that leaves no doubt', () => {
    const { marks, notUnderstood } = found('highdicom__sr_document_with_multiple_groups.dcm')!;
    expect(marks).toMatchObject([{ kind: 'ellipse', values: [{ quantity: 'length', value: 10, unit: 'mm' }] }]);
    expect(notUnderstood).toBe(3);
  });

  it('other documents are none', () => {
    for (const name of ['pydicom__test-SR.dcm', 'pydicom__reportsi.dcm', 'cornerstone3D__no-pixel-data.dcm'])
      expect(found(name)).toBeUndefined();
  });
});
