import { describe, expect, it } from '@jest/globals';
import { enImages } from '../../text/en-images.js';
import { calibrationOf, meaningOf, measuredValues as valuesOf, measureLines } from './measured.js';

type Statistics = Parameters<typeof valuesOf>[0];
const measuredValues = (stats: Statistics, spacing: Parameters<typeof valuesOf>[1], modality: string) =>
  valuesOf(stats, spacing, meaningOf(modality, null));

const words = enImages.measure;
const patient = { of: 'patient' } as const;

describe('the numbers of a mark', () => {
  it('are millimetres where the image has a spacing in the patient', () => {
    const values = measuredValues({ length: 12.345 }, patient, 'CT');
    expect(values).toEqual([{ quantity: 'length', value: 12.345, unit: 'mm' }]);
    expect(measureLines(values, 'patient', words)).toEqual(['12.3 mm']);
  });

  it('say that they are of the detector plane, where a projection knows only that', () => {
    const spacing = { of: 'detector', millimetres: 0.2 } as const;
    const values = measuredValues({ area: 100, mean: 7.4 }, spacing, 'DX');
    expect(values).toEqual([
      { quantity: 'area', value: expect.closeTo(4), unit: 'mm2' },
      { quantity: 'mean', value: 7.4, unit: 'grey' },
    ]);
    expect(measureLines(values, 'detector', words)).toEqual(['Area 4.0 mm² (at detector)', 'Mean 7']);
  });

  it('stay pixels where there is no spacing', () => {
    const spacing = { of: 'pixels' } as const;
    expect(measureLines(measuredValues({ length: 33.4, width: 8 }, spacing, 'OT'), 'pixels', words)).toEqual([
      'Length 33 px',
      'Short axis 8 px',
    ]);
    expect(measuredValues({ area: 50 }, spacing, 'OT')[0]!.unit).toBe('px2');
  });

  it('are those of the region in an ultrasound image, and none where it counts seconds', () => {
    const pixels = { of: 'pixels' } as const;
    const stats = { length: 1.234, unit: 'cm US Region' };
    expect(calibrationOf(stats, pixels)).toBe('region');
    const values = measuredValues(stats, pixels, 'US');
    expect(values).toEqual([{ quantity: 'length', value: expect.closeTo(12.34), unit: 'mm' }]);
    expect(measureLines(values, 'region', words)).toEqual(['12.3 mm (US region)']);
    const area = measuredValues({ area: 2, mean: 40, areaUnit: 'cm² US Region' }, pixels, 'US');
    expect(area).toEqual([
      { quantity: 'area', value: 200, unit: 'mm2' },
      { quantity: 'mean', value: 40, unit: 'grey' },
    ]);
    const seconds = { length: 0.4, unit: 'seconds US Region' };
    expect(calibrationOf(seconds, pixels)).toBe('pixels');
    expect(measuredValues(seconds, pixels, 'US')).toEqual([]);
  });

  it('are Hounsfield units in CT alone', () => {
    const stats = { mean: [41.26], stdDev: 8.8, min: 20, max: 66 };
    expect(measureLines(measuredValues(stats, patient, 'CT'), 'patient', words)).toEqual([
      'Mean 41 HU',
      'SD 9 HU',
      'Min 20 HU',
      'Max 66 HU',
    ]);
    expect(measuredValues(stats, patient, 'MR').map(({ unit }) => unit)).toEqual(['grey', 'grey', 'grey', 'grey']);
  });

  it('are SUV of PET where that can be computed, else Bq/ml, else values', () => {
    const stats = { mean: 5000, min: 1250 };
    const shown = (suv: Parameters<typeof meaningOf>[1]) =>
      measureLines(valuesOf(stats, patient, meaningOf('PT', suv)), 'patient', words);
    expect(shown({ factor: 0.0004 })).toEqual(['Mean 2.00 SUV', 'Min 0.50 SUV']);
    expect(shown({ lacks: ['weight'] })).toEqual(['Mean 5000 Bq/ml', 'Min 1250 Bq/ml']);
    expect(shown({ lacks: ['units'] })).toEqual(['Mean 5000', 'Min 1250']);
  });

  it('tell what a length of a leg is, at the detector, in pixels, and an angle as it is', () => {
    const leg = { length: 4000, hipKneeAnkle: 175.04, axisDeviation: 60 };
    const at = (spacing: Parameters<typeof valuesOf>[1]) =>
      measureLines(measuredValues(leg, spacing, 'DX'), spacing.of, words);
    expect(at({ of: 'detector', millimetres: 0.2 })).toEqual([
      'Length 800.0 mm (at detector)',
      'HKA angle 175.0°',
      'Axis deviation 12.0 mm (at detector)',
    ]);
    expect(at({ of: 'pixels' })).toEqual(['Length 4000 px', 'HKA angle 175.0°', 'Axis deviation 60 px']);
  });

  it('leave out what could not be computed', () => {
    expect(measuredValues({ angle: 'Incomplete Angle', length: NaN, area: null }, patient, 'CT')).toEqual([]);
    expect(measureLines(measuredValues({ angle: 44.96 }, patient, 'CT'), 'patient', words)).toEqual(['45.0°']);
  });
});
