const DIGITS = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{4})?$/;

/**
 * ISO 8601 from a DICOM DT (PS3.5 section 6.2) or an HL7 TS: 'YYYYMMDDHHMMSS.ffffff&ZZXX' cut short anywhere after the year. The zone is
 * kept as written, `zone` is used where the value has none, and no zone is ever made up. Undefined when it is not such a value.
 */
export function isoDateTime(text: string, zone = ''): string | undefined {
  const parts = DIGITS.exec(text.trim());
  if (!parts) return undefined;
  const [, year, month, day, hour, minute = '00', second = '00', fraction, ownZone = zone] = parts;
  if (!isRealDate(Number(year), Number(month ?? 1), Number(day ?? 1))) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (day === undefined || hour === undefined) return date;
  const offset = /^[+-]\d{4}$/.test(ownZone) ? `${ownZone.slice(0, 3)}:${ownZone.slice(3)}` : '';
  return `${date}T${hour}:${minute}:${second}${fraction ? `.${fraction}` : ''}${offset}`;
}

/** YYYY-MM-DD from a whole date, with or without a time behind it. */
export function isoDate(text: string): string | undefined {
  const iso = isoDateTime(text)?.slice(0, 10);
  return iso?.length === 10 ? iso : undefined;
}

/** Milliseconds on one clock, to take differences of; a zone counts, no zone counts as UTC. */
export function clockMilliseconds(text: string): number | undefined {
  const iso = isoDateTime(text);
  if (iso === undefined || !iso.includes('T')) return undefined;
  const milliseconds = Date.parse(/[+-]\d\d:\d\d$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function isRealDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
