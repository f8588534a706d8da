/** A DA value as the midnight that begins it in China Standard Time, the zone the catalogue keeps for devices that name none. */
export function moment(date: string): Date | null {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  if (!day) return null;
  const at = new Date(`${day[1]}-${day[2]}-${day[3]}T00:00:00+08:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}
