/**
 * Who is asking, and what they may do and see.
 *
 * `Caller` is known by session, bearer token or AE title; `DUTIES` gives rights by duty; `scopeOf` is the one place that decides
 * whose data a caller's query may touch; `Route` declares a handler's permission and `AccessGuard` holds it.
 */
export { DUTIES, PERMISSIONS, type Duty, type Permission } from './domain/permissions.js';
export {
  callerOf,
  demand,
  inScope,
  scopeOf,
  scopeParameter,
  type Caller,
  type OrganisationScope,
} from './domain/caller.js';
export { AccessGuard, assertRoutesDeclared, SESSION_COOKIE, type AuthenticatedRequest } from './access.guard.js';
export { AccessTokens } from './access-tokens.js';
export { Directory, type DeviceAddress, type Organisation, type SendingDevice, type Specialist } from './directory.js';
export { IdentityModule } from './identity.module.js';
export { ROUTE, Route, type RouteDeclaration } from './route.js';
export { hashSecret, newPassword } from './secrets.js';
export { Sessions, type OpenSession } from './sessions.js';
export { SigningKeys, type StoredSigningKey } from './signing-keys.js';
export { hasOrganisations, seedDemoNetwork, type DemoCredentials } from './demo-network.js';
