/** e.g. 2026-03-01 09:05 (UTC+08:00). */
export function formatTime(time: Date | null, timeZone: string): string | null {
  if (time === null) return null;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(time);
  const part = (type: string) => parts.find((item) => item.type === type)?.value ?? '';
  const zone = part('timeZoneName').replace('GMT', 'UTC');
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} (${zone === 'UTC' ? 'UTC+00:00' : zone})`;
}
