import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { integer, locateFrames, Part10Splitter, readAttributes, transferSyntaxOf } from '#libs/formats/dicom';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const data = join(root, 'dicom');

function frames(file: string) {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(readFileSync(file)), splitter.end()]);
  const { transferSyntaxUid } = splitter.meta!;
  const { attributes, pixelData } = readAttributes(dataset, transferSyntaxUid);
  const table = locateFrames(dataset, transferSyntaxUid, attributes, pixelData!);
  const bytes = table.frames.map(({ fragments }) =>
    Buffer.concat(fragments.map(({ offset, length }) => dataset.subarray(offset, offset + length))),
  );
  return { table, bytes, attributes, dataset, transferSyntaxUid };
}

const encapsulation = join(data, 'encapsulation-fragments');

describe('frames of real files', () => {
  it.each(readdirSync(encapsulation))('%s holds whole compressed images', (name) => {
    const { table, bytes, transferSyntaxUid } = frames(join(encapsulation, name));
    expect(table.frames).toHaveLength(name.includes('CT0012') ? 2 : name.includes('IM00001') ? 8 : 1);
    if (name.includes('not_fragmented')) {
      expect(table.frames.every(({ fragments }) => fragments.length === 1)).toBe(true);
    }
    for (const image of bytes) {
      if (transferSyntaxUid.endsWith('.5')) expect(image.readUInt32LE(0)).toBeLessThanOrEqual(15);
      else {
        expect(image.readUInt16BE(0)).toBe(0xffd8);
        expect(image.subarray(-4).includes(Buffer.from([0xff, 0xd9]))).toBe(true);
        expect(image.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 2)).toBe(-1);
      }
    }
  });

  const counted: [string, number][] = [
    ['multiframe-enhanced/pydicom-data__emri_small.dcm', 10],
    ['multiframe-enhanced/pydicom-data__eCT_Supplemental.dcm', 2],
    ['transfer-syntax/pydicom-data__emri_small_RLE.dcm', 10],
    ['transfer-syntax/pydicom-data__emri_small_jpeg_2k_lossless.dcm', 10],
    ['transfer-syntax/pydicom-data__emri_small_jpeg_ls_lossless.dcm', 10],
    ['transfer-syntax/pydicom-data__OBXXXX1A_rle_2frame.dcm', 2],
    ['sm-wsi/highdicom__sm_image_jpegls.dcm', 25],
    ['sm-wsi/highdicom__sm_image_jpegls_nobot.dcm', 25],
    ['seg/pydicom-data__liver.dcm', 3],
    ['malformed/pydicom-data__liver_nonbyte_aligned.dcm', 3],
  ];
  it.each(counted)('%s holds %i frames', (name, count) => {
    const { table, attributes } = frames(join(data, name));
    expect(table.frames).toHaveLength(count);
    expect(table.declaredFrames).toBe(count);
    if (table.kind === 'native' && integer(attributes, '00280100') === 16) {
      const size = integer(attributes, '00280010')! * integer(attributes, '00280011')! * 2;
      expect(table.frames.every(({ fragments }) => fragments[0]!.length === size)).toBe(true);
    }
  });

  it('are as many as declared in every file that is uncompressed or whole', () => {
    for (const folder of ['transfer-syntax', 'us-multiframe', 'modality-cr-dx-mg-xa-nm-pt', 'rt', 'seg']) {
      for (const name of readdirSync(join(data, folder))) {
        const splitter = new Part10Splitter();
        let dataset: Buffer = splitter.push(readFileSync(join(data, folder, name)));
        dataset = Buffer.concat([dataset, splitter.end()]);
        const { transferSyntaxUid } = splitter.meta!;
        const { attributes, pixelData } = readAttributes(dataset, transferSyntaxUid);
        if (
          !pixelData ||
          transferSyntaxOf(transferSyntaxUid)?.deflated ||
          pixelData.vr === 'OF' ||
          pixelData.vr === 'OD'
        )
          continue;
        const table = locateFrames(dataset, transferSyntaxUid, attributes, pixelData);
        expect(`${name}: ${table.frames.length}`).toBe(`${name}: ${table.declaredFrames}`);
      }
    }
  });
});
