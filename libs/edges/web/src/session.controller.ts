import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { Directory, Route, SESSION_COOKIE, Sessions, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { ProblemFilter } from './problem.filter.js';
import { loginBody, session } from './schemas.js';
import { valid } from './valid.pipe.js';

interface CookieReply {
  setCookie(name: string, value: string, options: Record<string, unknown>): void;
  clearCookie(name: string, options: Record<string, unknown>): void;
}
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

@Controller('api/session')
@UseFilters(ProblemFilter)
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly directory: Directory,
  ) {}

  @Post()
  @HttpCode(200)
  @Route({ permission: 'public', summary: 'Log in', body: loginBody, response: session })
  async logIn(
    @Body(valid(loginBody)) body: z.output<typeof loginBody>,
    @Req() request: { protocol: string },
    @Res({ passthrough: true }) reply: CookieReply,
  ) {
    const opened = await this.sessions.logIn(body.username, body.password);
    reply.setCookie(SESSION_COOKIE, opened.token, { ...COOKIE, secure: request.protocol === 'https' });
    return this.view(opened.caller, opened.csrfToken);
  }

  @Get()
  @Route({ permission: 'session.use', summary: 'Who am I', response: session })
  current(@Req() request: AuthenticatedRequest) {
    return this.view(request.caller, request.csrfToken ?? '');
  }

  @Delete()
  @HttpCode(204)
  @Route({ permission: 'session.use', summary: 'Log out', status: 204 })
  async logOut(@Req() request: AuthenticatedRequest, @Res({ passthrough: true }) reply: CookieReply): Promise<void> {
    if (request.sessionToken) await this.sessions.logOut(request.sessionToken);
    reply.clearCookie(SESSION_COOKIE, COOKIE);
  }

  private async view(caller: Caller, csrfToken: string) {
    return {
      user: {
        id: caller.id,
        displayName: caller.name,
        organisation: (await this.directory.organisation(caller.organisation))!,
        permissions: [...caller.permissions],
        specialities: [...caller.specialities],
      },
      csrfToken,
    };
  }
}
