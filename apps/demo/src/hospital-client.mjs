// The other side of the wire: what a HIS, a PACS and a browser say to Qiao, with the settings and accounts of the running server.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const env = (name, otherwise) => process.env[name] || otherwise;
/** A server that listens on every address is reached on this machine's own. */
const reachable = (host) => ({ '0.0.0.0': '127.0.0.1', '::': '::1' })[host] ?? host;
const inUrl = (host) => (host.includes(':') ? `[${host}]` : host);
const http = { host: reachable(env('QIAO_HTTP_HOST', '127.0.0.1')), port: env('QIAO_HTTP_PORT', '8080') };
export const dimse = {
  host: reachable(env('QIAO_DIMSE_HOST', '127.0.0.1')),
  port: env('QIAO_DIMSE_PORT', '11112'),
  aeTitle: env('QIAO_DIMSE_AE_TITLE', 'QIAO'),
};
export const base = `http://${inUrl(http.host)}:${http.port}`;
export const credentialsFile = resolve(env('QIAO_DATA_DIR', './data'), 'demo-credentials.json');

/** A refusal that is told in one line, without a stack. */
export class DemoStop extends Error {}

export async function ask(who, method, path, body, headers = {}) {
  const own = body instanceof Uint8Array;
  let answer;
  try {
    answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...who, ...(body === undefined || own ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: own ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    throw new DemoStop(
      `no answer from ${base} (${error.cause?.code ?? error.message}); start Qiao with \`npm start\` first`,
    );
  }
  const bytes = Buffer.from(await answer.arrayBuffer());
  const json = (answer.headers.get('content-type') ?? '').includes('json')
    ? JSON.parse(bytes.toString('utf8'))
    : undefined;
  return { status: answer.status, headers: answer.headers, bytes, json };
}

export async function demand(who, method, path, body, headers) {
  const answer = await ask(who, method, path, body, headers);
  if (answer.status < 200 || answer.status > 299) {
    const { code = '', detail = answer.json?.message ?? '' } = answer.json ?? {};
    throw new DemoStop(`${method} ${path} answered ${answer.status} ${code} ${detail}`.trimEnd());
  }
  return answer;
}

export function readCredentials() {
  try {
    return JSON.parse(readFileSync(credentialsFile, 'utf8'));
  } catch {
    throw new DemoStop(
      `cannot read ${credentialsFile}; the demo needs the demo network: QIAO_DATA_DIR must name the folder that the running server uses`,
    );
  }
}

/** A person's session: the cookie, and the token that writes must carry. */
export async function logIn(credentials, username) {
  const password = credentials.users[username];
  const { headers, json } = await demand({}, 'POST', '/api/session', { username, password });
  const cookie = headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return { name: json.user.displayName, password, who: { cookie, 'x-csrf-token': json.csrfToken } };
}

/** An API client's bearer token (OAuth 2 client_credentials). */
export async function token(credentials, client) {
  const basic = Buffer.from(`${client}:${credentials.clients[client]}`).toString('base64');
  const form = Buffer.from('grant_type=client_credentials');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
  const { json } = await demand({}, 'POST', '/oauth/token', form, headers);
  return { authorization: `Bearer ${json.access_token}` };
}
