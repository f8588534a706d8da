import { Body, Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { AccessTokens, Route } from '#libs/identity';
import { Refusal } from '#libs/kernel';

interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
}

/** OAuth 2.0 token endpoint, client_credentials only (RFC 6749 sections 2.3.1, 4.4, 5). */
@Controller('oauth/token')
export class TokenController {
  constructor(private readonly tokens: AccessTokens) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Route({ permission: 'public', summary: 'Get a bearer token' })
  async token(
    @Body() body: Record<string, unknown> | undefined,
    @Req() request: { headers: Record<string, string | undefined> },
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Record<string, unknown>> {
    if (body?.['grant_type'] !== 'client_credentials') {
      reply.code(400);
      return { error: body?.['grant_type'] ? 'unsupported_grant_type' : 'invalid_request' };
    }
    const [id, secret] = credentials(request.headers['authorization'], body);
    try {
      const issued = await this.tokens.issue(id, secret);
      return { access_token: issued.token, token_type: 'Bearer', expires_in: issued.expiresInSeconds };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply.code(error.kind === 'unavailable' ? 503 : 401).header('www-authenticate', 'Basic realm="qiao"');
      return { error: error.kind === 'unavailable' ? 'temporarily_unavailable' : error.code };
    }
  }
}

function credentials(authorization: string | undefined, body: Record<string, unknown>): [string, string] {
  const [scheme, encoded] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic' && encoded) {
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return [formDecoded(text.slice(0, colon)), formDecoded(text.slice(colon + 1))];
  }
  return [String(body['client_id'] ?? ''), String(body['client_secret'] ?? '')];
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined; clients that forget it are understood too. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
