/** The time of day at a second of a recording that began at `startTime` (ISO 8601, its own zone), with the day after the first marked; '' where none is known. */
export function clockAt(startTime: string | undefined, second: number): string {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?/.exec(startTime ?? '');
  if (!found) return '';
  const [year, month, day, hour, minute, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  const start = Date.UTC(year!, month! - 1, day, hour, minute, seconds);
  const at = new Date(start + Math.floor(second) * 1000);
  const days = Math.floor(at.getTime() / 86_400_000) - Math.floor(start / 86_400_000);
  return `${at.toISOString().slice(11, 19)}${days > 0 ? ` +${days}` : ''}`;
}

/** h:mm:ss from the beginning of the recording. */
export function elapsed(second: number): string {
  const whole = Math.floor(second);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours}:${String(minutes).padStart(2, '0')}:${String(seconds).padStart(2, '0')}`;
}

/** Seconds of the recording at which the time of day is a whole multiple of `step` seconds; from its beginning where that is not known. */
export function ticksOf(startTime: string | undefined, ofSeconds: number, step: number): number[] {
  const found = /T(\d\d):(\d\d)(?::(\d\d))?/.exec(startTime ?? '');
  const start = found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0) : 0;
  const first = (step - (start % step)) % step;
  return Array.from({ length: Math.max(0, Math.ceil((ofSeconds - first) / step)) }, (_, i) => first + i * step);
}
