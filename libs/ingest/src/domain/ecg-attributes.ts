import type { DicomJson } from '#libs/formats/dicom';
import type { EcgRecording } from '#libs/formats/ecg';
import type { StoredFormat } from './stored-instance.js';

/** What the sender says of the patient where the file does not; the file's own words win. */
export interface EcgSupplement {
  patientId?: string;
  patientName?: string;
  idCard?: string;
  accessionNumber?: string;
}

/** What is asked of a file before it is kept; a PDF says nothing of itself. */
export type EcgFacts = Pick<EcgRecording, 'patient' | 'device' | 'startTime'> & {
  readonly format: StoredFormat;
  readonly description: string;
};
/** The recording's facts in DICOM's words, so that the catalogue reads one language. */
export function attributesOf(
  recording: EcgFacts,
  sopClassUid: string,
  uids: { readonly study: string; readonly series: string; readonly instance: string },
  given: EcgSupplement,
): DicomJson {
  const { date, time, zone } = startOf(recording.startTime);
  const values: [string, string, string | undefined][] = [
    ['00080016', 'UI', sopClassUid],
    ['00080018', 'UI', uids.instance],
    ['00080020', 'DA', date],
    ['00080030', 'TM', time],
    ['00080050', 'SH', given.accessionNumber],
    ['00080060', 'CS', 'ECG'],
    ['00080070', 'LO', recording.device?.manufacturer],
    ['00080201', 'SH', zone],
    ['00081030', 'LO', recording.description],
    ['00100020', 'LO', recording.patient.id || given.patientId],
    ['00100030', 'DA', recording.patient.birthDate?.replaceAll('-', '').slice(0, 8)],
    ['00100040', 'CS', recording.patient.sex],
    ['0020000D', 'UI', uids.study],
    ['0020000E', 'UI', uids.series],
  ];
  const attributes: DicomJson = {};
  for (const [tag, vr, value] of values) if (value) attributes[tag] = { vr, Value: [value] };
  const name = recording.patient.name || given.patientName;
  if (name) {
    const han = /\p{Script=Han}/u.test(name);
    attributes['00100010'] = { vr: 'PN', Value: [han ? { Ideographic: name } : { Alphabetic: name }] };
  }
  if (given.idCard) attributes['00101000'] = { vr: 'LO', Value: [given.idCard] };
  return attributes;
}

/** DA, TM and (0008,0201) of an ISO time. Without a zone there is none: times are then the network's own. */
function startOf(iso = ''): { date?: string; time?: string; zone?: string } {
  const [, date, hours, minutes, seconds = '00', zone] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(iso) ?? [];
  if (date === undefined) return {};
  return {
    date: date.replaceAll('-', ''),
    ...(hours !== undefined && minutes !== undefined && { time: `${hours}${minutes}${seconds}` }),
    ...(zone !== undefined && { zone: zone === 'Z' ? '+0000' : zone.replace(':', '') }),
  };
}
