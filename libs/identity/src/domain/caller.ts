import { Refusal } from '#libs/kernel';
import { permissionsOf, reachOf, type Duty, type Permission, type Reach } from './permissions.js';

/** Whoever is asking, made known by a session, a token or an AE title. */
export interface Caller {
  readonly kind: 'person' | 'client' | 'ae' | 'system';
  /** account id, client id, AE title, or the name of the process */
  readonly id: string;
  readonly name: string;
  readonly organisation: string;
  readonly duties: readonly Duty[];
  readonly specialities: readonly string[];
  readonly permissions: ReadonlySet<Permission>;
  readonly reach: Reach;
}

export function callerOf(who: {
  kind: Caller['kind'];
  id: string;
  name: string;
  organisation: string;
  duties: readonly Duty[];
  specialities?: readonly string[];
}): Caller {
  return {
    ...who,
    specialities: who.specialities ?? [],
    permissions: permissionsOf(who.duties),
    reach: reachOf(who.duties),
  };
}

/** @throws Refusal `forbidden` / `permission-missing` */
export function demand(caller: Caller, permission: Permission): void {
  if (!caller.permissions.has(permission)) {
    throw new Refusal('forbidden', 'permission-missing', `${caller.name} may not do this (${permission}).`, {
      permission,
    });
  }
}

/** The organisations whose data a query may touch; only `scopeOf` makes one. */
export interface OrganisationScope {
  readonly organisations: readonly string[] | 'all';
}

/** The one place where the reach of a caller's sight is decided. */
export function scopeOf(caller: Caller): OrganisationScope {
  return { organisations: caller.reach === 'network' ? 'all' : [caller.organisation] };
}

export function inScope(scope: OrganisationScope, organisation: string): boolean {
  return scope.organisations === 'all' || scope.organisations.includes(organisation);
}

/** For SQL: `($1::text[] IS NULL OR organisation = ANY($1))`; null means every organisation. */
export function scopeParameter(scope: OrganisationScope): readonly string[] | null {
  return scope.organisations === 'all' ? null : scope.organisations;
}
