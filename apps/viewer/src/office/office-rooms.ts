import type { Permission, SessionUser } from '../api/types.js';
import type { Messages } from '../text/index.js';

/** A page of the office beside the person's home, for whoever has the permission; `app.tsx` has the pages by the same names. */
export interface OfficeRoom {
  /** the first part of its address */
  readonly path: OfficePath;
  readonly permission: Permission;
  readonly title: (t: Messages) => string;
}
export type OfficePath = 'figures';

const OFFICE_ROOMS: readonly OfficeRoom[] = [
  { path: 'figures', permission: 'figures.view', title: (t) => t.figures.title },
];

/** In the order in which the head of the page names them. */
export const roomsOf = (user: SessionUser): OfficeRoom[] =>
  OFFICE_ROOMS.filter(({ permission }) => user.permissions.includes(permission));
