/** DT, DA and TM of one moment (PS3.5 section 6.2). */
export interface DicomTimes {
  readonly dateTime: string;
  readonly date: string;
  readonly time: string;
  /** ±HHMM, in which all three are; absent where the file says none. */
  readonly zone?: string;
}

/**
 * An ISO 8601 time, `seconds` later, to the microsecond and in the zone that it is written in. A date without a time stays one (seconds
 * cannot be added to it), and its TM is then of `otherwise`, the moment of receipt.
 */
export function dicomTimes(iso: string, seconds: number, otherwise: string): DicomTimes {
  const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    iso,
  );
  // Year 0 is how a record without a date writes it, and no value that a DT may have.
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = ''] =
    parts?.[1] === '0000' ? [] : (parts ?? []);
  if (year === undefined || hour === undefined || minute === undefined) {
    const received = iso === otherwise ? undefined : dicomTimes(otherwise, 0, otherwise);
    const date = [year, month, day].filter((part) => part !== undefined).join('');
    return {
      dateTime: date || (received?.dateTime ?? '19700101'),
      date: date.length === 8 ? date : (received?.date ?? '19700101'),
      time: received?.time ?? '000000',
      ...(date.length < 8 && received?.zone !== undefined && { zone: received.zone }),
    };
  }
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const micros = Math.round(seconds * 1e6) + Number(fraction.padEnd(6, '0').slice(0, 6));
  const moment = new Date(start + Math.floor(micros / 1e6) * 1000).toISOString();
  const rest = String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0');
  const shown = seconds === 0 ? fraction.slice(0, 6) : rest === '000000' ? '' : rest;
  const [date = '', time = ''] = moment.slice(0, 19).replace(/[-:]/g, '').split('T');
  const clock = `${time}${shown === '' ? '' : `.${shown}`}`;
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '');
  return { dateTime: `${date}${clock}${offset}`, date, time: clock, ...(offset !== '' && { zone: offset }) };
}

/** Pieces of at most `longest` samples, of whole seconds where a second fits, so that each begins at a time that can be written. */
export function splitSamples(samples: number, rateHz: number, longest: number): { from: number; to: number }[] {
  const seconds = Math.floor(longest / rateHz);
  const step = Number.isInteger(rateHz) && seconds > 0 ? seconds * rateHz : longest;
  const pieces: { from: number; to: number }[] = [];
  for (let from = 0; from < samples; from += step) pieces.push({ from, to: Math.min(samples, from + step) });
  return pieces;
}
