import { resolve } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535);
const aeTitle = z.string().min(1).max(16);

const environment = z
  .object({
    QIAO_DATA_DIR: z.string().min(1).default('./data'),
    QIAO_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
    QIAO_HTTP_PORT: port.default(8080),
    QIAO_HTTP_IDLE_SECONDS: z.coerce.number().positive().default(60),
    QIAO_DIMSE_HOST: z.string().min(1).default('127.0.0.1'),
    QIAO_DIMSE_PORT: port.default(11112),
    QIAO_DIMSE_AE_TITLE: aeTitle.default('QIAO'),
    QIAO_DIMSE_TLS_PORT: port.optional(),
    QIAO_DIMSE_TLS_CERT: z.string().min(1).optional(),
    QIAO_DIMSE_TLS_KEY: z.string().min(1).optional(),
    QIAO_DIMSE_TLS_CA: z.string().min(1).optional(),
    QIAO_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    QIAO_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
    QIAO_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
    QIAO_S3_BUCKET: z.string().min(3).optional(),
    QIAO_S3_ACCESS_KEY: z.string().min(1).optional(),
    QIAO_S3_SECRET_KEY: z.string().min(1).optional(),
    QIAO_SETTLE_SECONDS: z.coerce.number().positive().default(20),
    QIAO_DEMO: z.enum(['on', 'off']).optional(),
  })
  .refine(
    (env) =>
      [env.QIAO_S3_ENDPOINT, env.QIAO_S3_BUCKET, env.QIAO_S3_ACCESS_KEY, env.QIAO_S3_SECRET_KEY].every(
        (value, _index, all) => (value === undefined) === (all[0] === undefined),
      ),
    { message: 'QIAO_S3_ENDPOINT, _BUCKET, _ACCESS_KEY and _SECRET_KEY go together: set all four or none' },
  )
  .refine(
    (env) =>
      [env.QIAO_DIMSE_TLS_PORT, env.QIAO_DIMSE_TLS_CERT, env.QIAO_DIMSE_TLS_KEY].every(
        (value, _index, all) => (value === undefined) === (all[0] === undefined),
      ) &&
      (env.QIAO_DIMSE_TLS_CA === undefined || env.QIAO_DIMSE_TLS_PORT !== undefined),
    { message: 'QIAO_DIMSE_TLS_PORT, _CERT and _KEY go together: set all three or none, and _CA only with them' },
  );

export interface Settings {
  /** absolute path */
  dataDir: string;
  /** idleSeconds: how long the body of a request may bring nothing */
  http: { host: string; port: number; idleSeconds: number };
  dimse: {
    host: string;
    port: number;
    aeTitle: string;
    /**
     * undefined: DICOM without TLS alone. Paths of PEM files; with `authorities` peers must show a certificate of one of them.
     */
    tls: { port: number; certificate: string; key: string; authorities: string | undefined } | undefined;
  };
  /** undefined: the embedded PostgreSQL, whose address the supervisor fills in for its children */
  databaseUrl: string | undefined;
  /** undefined: the queue lives on PostgreSQL */
  redisUrl: string | undefined;
  /** undefined: objects live in a folder under dataDir */
  s3: { endpoint: string; bucket: string; accessKey: string; secretKey: string } | undefined;
  settleSeconds: number;
  /** undefined: on for an empty data directory on loopback */
  demo: boolean | undefined;
}

/** Reads and checks the settings of contract.md. @throws Error that names every wrong setting. */
export function readSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name.startsWith('QIAO_') && value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new Error(`settings are not usable:\n${z.prettifyError(parsed.error)}`);
  const e = parsed.data;
  return {
    dataDir: resolve(e.QIAO_DATA_DIR),
    http: { host: e.QIAO_HTTP_HOST, port: e.QIAO_HTTP_PORT, idleSeconds: e.QIAO_HTTP_IDLE_SECONDS },
    dimse: {
      host: e.QIAO_DIMSE_HOST,
      port: e.QIAO_DIMSE_PORT,
      aeTitle: e.QIAO_DIMSE_AE_TITLE,
      tls:
        e.QIAO_DIMSE_TLS_PORT === undefined
          ? undefined
          : {
              port: e.QIAO_DIMSE_TLS_PORT,
              certificate: e.QIAO_DIMSE_TLS_CERT!,
              key: e.QIAO_DIMSE_TLS_KEY!,
              authorities: e.QIAO_DIMSE_TLS_CA,
            },
    },
    databaseUrl: e.QIAO_DATABASE_URL,
    redisUrl: e.QIAO_REDIS_URL,
    s3:
      e.QIAO_S3_ENDPOINT === undefined
        ? undefined
        : {
            endpoint: e.QIAO_S3_ENDPOINT,
            bucket: e.QIAO_S3_BUCKET!,
            accessKey: e.QIAO_S3_ACCESS_KEY!,
            secretKey: e.QIAO_S3_SECRET_KEY!,
          },
    settleSeconds: e.QIAO_SETTLE_SECONDS,
    demo: e.QIAO_DEMO === undefined ? undefined : e.QIAO_DEMO === 'on',
  };
}

/** The environment of the server processes: the supervisor's own, with the settings as they were decided. */
export function serverEnvironment(settings: Settings, databaseUrl: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // Flushing a file holds a thread of libuv's pool, whose four would be the limit of a folder store.
  return {
    UV_THREADPOOL_SIZE: '16',
    ...Object.fromEntries(inherited),
    QIAO_DATA_DIR: settings.dataDir,
    QIAO_DATABASE_URL: databaseUrl,
  };
}
