import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

describe('readSettings', () => {
  it('needs nothing: every setting has a default', () => {
    expect(readSettings({})).toMatchObject({
      http: { host: '127.0.0.1', port: 8080 },
      dimse: { host: '127.0.0.1', port: 11112, aeTitle: 'QIAO' },
      databaseUrl: undefined,
      s3: undefined,
      settleSeconds: 20,
    });
  });

  it('names the wrong setting', () => {
    expect(() => readSettings({ QIAO_HTTP_PORT: 'http' })).toThrow(/QIAO_HTTP_PORT/);
    expect(() => readSettings({ QIAO_DATABASE_URL: 'mysql://x' })).toThrow(/QIAO_DATABASE_URL/);
  });

  it('takes the four S3 settings together or not at all', () => {
    expect(() => readSettings({ QIAO_S3_BUCKET: 'qiao' })).toThrow(/go together/);
  });

  it('takes port, certificate and key of DICOM over TLS together or not at all', () => {
    expect(() => readSettings({ QIAO_DIMSE_TLS_PORT: '2762' })).toThrow(/go together/);
    expect(() => readSettings({ QIAO_DIMSE_TLS_CA: 'ca.pem' })).toThrow(/go together/);
    const tls = { QIAO_DIMSE_TLS_PORT: '2762', QIAO_DIMSE_TLS_CERT: 'c.pem', QIAO_DIMSE_TLS_KEY: 'k.pem' };
    expect(readSettings(tls).dimse.tls).toEqual({
      port: 2762,
      certificate: 'c.pem',
      key: 'k.pem',
      authorities: undefined,
    });
  });
});
