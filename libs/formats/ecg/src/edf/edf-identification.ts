import { isoDateTime } from '../date-times.js';
import type { EcgRecording } from '../ecg-recording.js';
import type { EdfHeader } from './edf-header.js';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Code, sex, birthdate and name: many a plain EDF has them too, and 'X X X X' must not become one patient of all. */
const EDF_PLUS = /^\S+ +[MFX] +(\d\d-[A-Z]{3}-\d{4}|X) +\S/i;

/** EDF+ section 2.1.3.3: code, sex, birthdate and name, 'X' where unknown; plain EDF has one free text, kept as the identifier. */
export function edfPatient({ patient, plus }: EdfHeader): EcgRecording['patient'] {
  if (plus === '' && !EDF_PLUS.test(patient)) return patient === '' || patient === 'X' ? {} : { id: patient };
  const [id, sex, birth, name] = subfields(patient);
  const birthDate = birth === undefined ? undefined : compactDate(birth);
  const iso = birthDate === undefined ? undefined : isoDateTime(birthDate);
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...((sex === 'M' || sex === 'F') && { sex }),
    ...(iso !== undefined && { birthDate: iso }),
  };
}

/** EDF+ section 2.1.3.4: 'Startdate', the date, administration code, technician, equipment. */
export function edfDevice(recording: string): EcgRecording['device'] {
  const model = subfields(recording)[4];
  return model === undefined ? undefined : { model };
}

/**
 * The header's date and time, and `offset` seconds after it: where the first record of an EDF+ begins. That is a fraction of a second by
 * the standard, and any time in files that were cut out of longer ones. Years of two digits are 1985 to 2084.
 */
export function edfStart({ startDate, startTime, recording, plus }: EdfHeader, offset: number): string | undefined {
  const [day = '', month = '', year = ''] = startDate.split('.');
  const full = plus === '' ? undefined : compactDate(subfields(recording)[1] ?? '');
  const date = isoDateTime(full ?? `${Number(year) >= 85 ? '19' : '20'}${year}${month}${day}`);
  const [, hours, minutes, seconds] = /^(\d\d)[.:](\d\d)[.:](\d\d)$/.exec(startTime) ?? [];
  const whole = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  if (date === undefined || Number.isNaN(whole)) return date;
  const micros = Math.round(offset * 1e6);
  const moment = new Date(whole + Math.floor(micros / 1e6) * 1000);
  if (Number.isNaN(moment.getTime())) return date;
  const fraction = ((micros % 1e6) + 1e6) % 1e6;
  return `${moment.toISOString().slice(0, 19)}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}`;
}

function subfields(text: string): (string | undefined)[] {
  return text.split(/ +/).map((field) => (field === 'X' || field === '' ? undefined : field.replaceAll('_', ' ')));
}

function compactDate(text: string): string | undefined {
  const [, day = '', name = '', year = ''] = /^(\d\d)-([A-Z]{3})-(\d{4})$/i.exec(text) ?? [];
  const month = MONTHS.indexOf(name.toUpperCase()) + 1;
  return month === 0 ? undefined : `${year}${String(month).padStart(2, '0')}${day}`;
}
