import type { DicomJson, DicomJsonElement, DicomJsonValue } from '#libs/formats/dicom';
import { procedureIdOf, type ScheduledStep } from '#libs/worklist';

const HAN = /\p{Script=Han}/u;
const PRIORITIES = { routine: 'ROUTINE', urgent: 'HIGH', emergency: 'STAT' } as const;
/** Devices of the network keep China Standard Time. */
const LOCAL = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});

const one = (vr: string, value: DicomJsonValue | undefined): DicomJsonElement =>
  value === undefined || value === null || value === '' ? { vr } : { vr, Value: [value] };

/** DA and TM of a moment (PS3.5 table 6.2-1). */
export function dateAndTime(at: Date): { date: string; time: string } {
  const part = new Map(LOCAL.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => part.get(type) ?? '';
  return { date: `${of('year')}${of('month')}${of('day')}`, time: `${of('hour')}${of('minute')}${of('second')}` };
}

/** A Chinese name stands in the ideographic group too, where the devices that know groups look for it (PS3.5 annex K). */
function personName(name: string | null): DicomJsonElement {
  if (name === null || name === '') return { vr: 'PN' };
  return { vr: 'PN', Value: [HAN.test(name) ? { Alphabetic: name, Ideographic: name } : { Alphabetic: name }] };
}

/** Everything that the worklist can say of a step (PS3.4 table K.6-1), to a device that asks. */
export function worklistItem(step: ScheduledStep, askingAe: string, modality: string): DicomJson {
  const { request, item } = step;
  const { date, time } = dateAndTime(step.scheduledAt);
  const id = procedureIdOf(request.id);
  const code: DicomJson = {
    '00080100': one('SH', item.code),
    '00080102': one('SH', '99QIAO'),
    '00080104': one('LO', item.name),
  };
  return {
    '00080050': one('SH', request.accessionNumber ?? ''),
    '00080090': { vr: 'PN' },
    '00081110': { vr: 'SQ' },
    '00081120': { vr: 'SQ' },
    '00100010': personName(request.patientName),
    '00100020': one('LO', request.patientNumber),
    '00100030': one('DA', request.birthDate?.replaceAll('-', '')),
    '00100040': one('CS', request.sex ?? ''),
    '00101030': { vr: 'DS' },
    '00102000': { vr: 'LO' },
    '00102110': { vr: 'LO' },
    '001021C0': { vr: 'US' },
    '0020000D': one('UI', step.studyInstanceUid),
    '00321032': { vr: 'PN' },
    '00321060': one('LO', item.name),
    '00321064': { vr: 'SQ', Value: [code] },
    '00380010': { vr: 'LO' },
    '00380050': { vr: 'LO' },
    '00380300': { vr: 'LO' },
    '00380500': { vr: 'LO' },
    '00400100': {
      vr: 'SQ',
      Value: [
        {
          '00080060': one('CS', modality),
          '00321070': { vr: 'LO' },
          '00400001': one('AE', step.stationAeTitle ?? askingAe),
          '00400002': one('DA', date),
          '00400003': one('TM', time),
          '00400006': personName(step.performingPhysician),
          '00400007': one('LO', item.name),
          '00400008': { vr: 'SQ', Value: [code] },
          '00400009': one('SH', id),
          '00400010': { vr: 'SH' },
          '00400011': { vr: 'SH' },
          '00400012': { vr: 'LO' },
          '00400020': one('CS', step.started ? 'STARTED' : 'SCHEDULED'),
          '00400400': { vr: 'LT' },
        },
      ],
    },
    '00401001': one('SH', id),
    '00401002': one('LO', request.clinicalInformation.slice(0, 64)),
    '00401003': one('SH', PRIORITIES[request.priority]),
    '00401004': { vr: 'LO' },
    '00401400': one('LT', request.clinicalInformation),
    '00403001': { vr: 'LO' },
  };
}
