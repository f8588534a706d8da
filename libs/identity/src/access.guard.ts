import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { AuditTrail } from '#libs/audit';
import { Refusal } from '#libs/kernel';
import { AccessTokens } from './access-tokens.js';
import { demand, type Caller } from './domain/caller.js';
import { ROUTE, type RouteDeclaration } from './route.js';
import { Sessions } from './sessions.js';

export const SESSION_COOKIE = 'qiao_session';

/** The request as the guard leaves it for the handlers. */
export interface AuthenticatedRequest {
  caller: Caller;
  csrfToken?: string;
  sessionToken?: string;
}

interface IncomingRequest extends Partial<AuthenticatedRequest> {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  cookies?: Record<string, string | undefined>;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Lets a request through when its session or bearer token gives the permission that the route declares. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.reflector.get<RouteDeclaration | undefined>(ROUTE, context.getHandler());
    if (!route) throw new Refusal('forbidden', 'route-undeclared', 'This route declares no permission.');
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    if (route.permission === 'public') return true;
    await this.authenticate(request);
    if (!request.caller) throw new Refusal('unauthenticated', 'login-required', 'Log in, or send a bearer token.');
    try {
      demand(request.caller, route.permission);
    } catch (refusal) {
      await this.audit.record({
        actor: request.caller,
        action: 'call-route',
        subject: { kind: 'route', id: `${request.method} ${request.url.split('?')[0]}`.slice(0, 300) },
        outcome: 'refused',
        detail: { permission: route.permission },
      });
      throw refusal;
    }
    return true;
  }

  private async authenticate(request: IncomingRequest): Promise<void> {
    const [scheme, token] = String(request.headers['authorization'] ?? '').split(' ');
    if (scheme?.toLowerCase() === 'bearer' && token) {
      const caller = await this.tokens.find(token);
      if (!caller) throw new Refusal('unauthenticated', 'invalid_token', 'The token is unknown or has expired.');
      request.caller = caller;
      return;
    }
    const cookie = request.cookies?.[SESSION_COOKIE];
    if (!cookie) return;
    const session = await this.sessions.find(cookie);
    if (!session) return;
    if (WRITES.has(request.method) && request.headers['x-csrf-token'] !== session.csrfToken) {
      throw new Refusal('forbidden', 'csrf-token-missing', 'Writes of a session carry its csrfToken in x-csrf-token.');
    }
    request.caller = session.caller;
    request.csrfToken = session.csrfToken;
    request.sessionToken = cookie;
  }
}

/** @throws Error naming each handler that declares no permission; called at start */
export function assertRoutesDeclared(discovery: DiscoveryService, scanner: MetadataScanner): void {
  const undeclared = discovery.getControllers().flatMap((wrapper) => {
    const prototype = wrapper.metatype?.prototype as Record<string, unknown> | undefined;
    if (!prototype) return [];
    return scanner
      .getAllMethodNames(prototype)
      .filter(
        (name) =>
          Reflect.hasMetadata('path', prototype[name] as object) &&
          !Reflect.hasMetadata(ROUTE, prototype[name] as object),
      )
      .map((name) => `${wrapper.name}.${name}`);
  });
  if (undeclared.length > 0) throw new Error(`routes without a declared permission: ${undeclared.join(', ')}`);
}
