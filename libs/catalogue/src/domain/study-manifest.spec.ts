import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '#libs/formats/dicom';
import { packManifest, unpackInstance, type ManifestInstance } from './study-manifest.js';

const element = (vr: string, ...Value: (string | number)[]) => ({ vr, Value });

function instance(uid: string, number: number | null, more: Partial<ManifestInstance> = {}): ManifestInstance {
  const attributes: DicomJson = {
    '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.2'),
    '00280010': element('US', 512),
    ...(number === null ? {} : { '00200013': element('IS', number) }),
    ...more.attributes,
  };
  return {
    seriesInstanceUid: '1.2.3',
    seriesNumber: 3,
    modality: 'CT',
    description: '肺窗',
    sopInstanceUid: uid,
    holdsPixels: true,
    more: false,
    grouped: false,
    ...more,
    attributes,
  };
}
const orderOf = (instances: ManifestInstance[]) => {
  const [series] = packManifest('1.2', instances).series;
  return series!.sopInstanceUids.rest.split(' ').map((_, index) => unpackInstance(series!, index).sopInstanceUid);
};

describe('study manifest', () => {
  it('gives every instance back as it went in', () => {
    const instances = [
      instance('1.2.3.40', 2, { attributes: { '00281050': element('DS', '-600', '40') } }),
      instance('1.2.3.4', 1, { attributes: { '00281050': element('DS', '40'), '00180050': element('DS', '1') } }),
      instance('1.2.9', 3, { attributes: { '00180050': element('DS', '1') } }),
    ];
    const [series] = packManifest('1.2', instances).series;
    const unpacked = series!.sopInstanceUids.rest.split(' ').map((_, index) => unpackInstance(series!, index));
    expect(unpacked).toEqual(
      [instances[1], instances[0], instances[2]].map((one) => ({
        sopInstanceUid: one!.sopInstanceUid,
        attributes: one!.attributes,
      })),
    );
    expect(series!.shared).toEqual({
      '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.2'),
      '00280010': element('US', 512),
    });
    expect(series!.sopInstanceUids.prefix).toBe('1.2.');
  });

  it('orders by instance number, then along the slice normal, and puts what holds no pixels last', () => {
    const at = (z: string) => ({
      attributes: { '00200032': element('DS', '0', '0', z), '00200037': element('DS', '1', '0', '0', '0', '1', '0') },
    });
    expect(
      orderOf([
        instance('1.5', null, { holdsPixels: false }),
        instance('1.4', 7),
        instance('1.2', 1, at('20')),
        instance('1.1', 1, at('-10.5')),
      ]),
    ).toEqual(['1.1', '1.2', '1.4', '1.5']);
  });

  it('shows the middle image of the first series of pictures, whatever the order of their coming', () => {
    const document = { seriesInstanceUid: '1.1', seriesNumber: 1, modality: 'SR', holdsPixels: false };
    const segmentation = { seriesInstanceUid: '1.2', seriesNumber: 2, modality: 'SEG' };
    const other = { seriesInstanceUid: '1.4', seriesNumber: null };
    const manifest = packManifest('1', [
      instance('1.9.1', 1, document),
      instance('1.9.2', 1, other),
      instance('1.9.3', 1, segmentation),
      ...[5, 3, 1, 2, 4].map((number) => instance(`1.7.${number}`, number)),
    ]);
    expect(manifest.series.map((one) => [one.seriesInstanceUid, one.pictures, one.first])).toEqual([
      ['1.2.3', true, { image: 2, frame: 1 }],
      ['1.4', true, { image: 0, frame: 1 }],
      ['1.1', false, null],
      ['1.2', false, null],
    ]);
    expect(unpackInstance(manifest.series[0]!, 2).sopInstanceUid).toBe('1.7.3');
  });

  it.each([
    ['the frame that the image names', { '00286010': element('IS', 7) }, false, 7],
    ['none beyond its frames', { '00286010': element('IS', 99) }, false, 1],
    ['the first of what runs in time', {}, false, 1],
    ['the middle of a volume', {}, true, 21],
  ])('of several frames: %s', (_what, attributes, grouped, frame) => {
    const one = instance('1.1', 1, { grouped, attributes: { ...attributes, '00280008': element('IS', 40) } });
    expect(packManifest('1', [one]).series[0]!.first).toEqual({ image: 0, frame });
  });

  it('writes equal steps of whole numbers as such, and nothing else', () => {
    const numbered = (...numbers: (number | null)[]) => {
      const [series] = packManifest(
        '1',
        numbers.map((number, index) => instance(`1.${index}`, number)),
      ).series;
      return series!.each['00200013'];
    };
    expect(numbered(11, 13, 15)).toEqual({ vr: 'IS', from: 11, step: 2 });
    expect(numbered(1, 2, 4)).toEqual({ vr: 'IS', values: [1, 2, 4] });
    expect(numbered(null, 1, 2)).toEqual({ vr: 'IS', values: [null, 1, 2] });
  });

  it('says where more than the manifest is needed', () => {
    expect(packManifest('1', [instance('1.1', 1)]).series[0]!.complete).toBe(true);
    expect(packManifest('1', [instance('1.1', 1), instance('1.2', 2, { more: true })]).series[0]!.complete).toBe(false);
  });
});
