import { describe, expect, it } from '@jest/globals';
import { attributesOf } from './ecg-attributes.js';

const uids = { study: '2.25.1', series: '2.25.2', instance: '2.25.3' };
const of = (startTime?: string) =>
  attributesOf(
    { format: 'aecg', description: '心电图', patient: { id: 'P-1' }, ...(startTime !== undefined && { startTime }) },
    'urn:hl7-org:v3:AnnotatedECG',
    uids,
    {},
  );

describe('when an ECG was taken', () => {
  it.each([
    ['2024-03-02T23:30:15+00:00', '20240302', '233015', '+0000'],
    ['2024-03-02T23:30:15.250-05:30', '20240302', '233015', '-0530'],
    ['2024-03-02T23:30Z', '20240302', '233000', '+0000'],
    ['2024-03-02T23:30', '20240302', '233000', undefined],
    ['2024-03-02T23:30:15', '20240302', '233015', undefined],
    ['2024-03-02', '20240302', undefined, undefined],
    ['2024-03', undefined, undefined, undefined],
    [undefined, undefined, undefined, undefined],
  ])('%s: date, time and the zone that they are in', (iso, date, time, zone) => {
    const attributes = of(iso);
    expect(['00080020', '00080030', '00080201'].map((tag) => attributes[tag]?.Value?.[0])).toEqual([date, time, zone]);
  });
});
