import { isoDateTime } from '../date-times.js';
import type { EcgRecording } from '../ecg-recording.js';
import type { EdfHeader } from './edf-header.js';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** EDF+ section 2.1.3.3: code, sex, birthdate and name, 'X' where unknown; plain EDF has one free text, kept as the identifier. */
export function edfPatient({ patient, plus }: EdfHeader): EcgRecording['patient'] {
  if (plus === '') return patient === '' || patient === 'X' ? {} : { id: patient };
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

/** Date and time with the fraction of a second that EDF+ keeps in its first annotation; years of two digits from 1985 to 2084. */
export function edfStart({ startDate, startTime, recording, plus }: EdfHeader, fraction: number): string | undefined {
  const [day = '', month = '', year = ''] = startDate.split('.');
  const full = plus === '' ? undefined : compactDate(subfields(recording)[1] ?? '');
  const date = full ?? `${Number(year) >= 85 ? '19' : '20'}${year}${month}${day}`;
  const part = fraction > 0 && fraction < 1 ? String(Math.round(fraction * 1e6)).padStart(6, '0') : '';
  if (!/^\d\d\.\d\d\.\d\d$/.test(startTime) || part.length > 6) return isoDateTime(date);
  return isoDateTime(`${date}${startTime.replaceAll('.', '')}${part === '' ? '' : `.${part}`}`);
}

function subfields(text: string): (string | undefined)[] {
  return text.split(/ +/).map((field) => (field === 'X' || field === '' ? undefined : field.replaceAll('_', ' ')));
}

function compactDate(text: string): string | undefined {
  const [, day = '', name = '', year = ''] = /^(\d\d)-([A-Z]{3})-(\d{4})$/i.exec(text) ?? [];
  const month = MONTHS.indexOf(name.toUpperCase()) + 1;
  return month === 0 ? undefined : `${year}${String(month).padStart(2, '0')}${day}`;
}
