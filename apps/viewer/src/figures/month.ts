/** `2026-11` in Asia/Shanghai, which is the network's time whatever the reader's clock says. */
export const thisMonth = (now = Date.now()): string => new Date(now + 8 * 3_600_000).toISOString().slice(0, 7);

export function monthBeside(month: string, by: 1 | -1): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}
