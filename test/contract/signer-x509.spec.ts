import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority, type TestAuthority, X509Signer } from '#libs/adapters/signer-x509';
import { type ReportPdfContent, renderReportPdf } from '#libs/formats/report-pdf';
import { SignerError, type SigningKey } from '#libs/ports';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const font = (weight: string) =>
  readFile(require.resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`));

/** Left out by name where the counterpart is not on the machine; on CI its absence is a failure. */
function withTool(tool: string): typeof it | typeof it.skip {
  if (spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0) return it;
  if (process.env['CI'] !== undefined) throw new Error(`${tool} is not on this machine`);
  console.warn(`${tool} is not on this machine: its part is left out`);
  return it.skip;
}

const content: ReportPdfContent = {
  kind: 'imaging',
  reportId: '0190c2f4-7b1e-7c55-9a55-3f1c6c1f2a10',
  reportNumber: 'QX-CT-20260301-0007',
  version: 1,
  status: 'final',
  requestingInstitution: '赵庄镇卫生院',
  examiningInstitution: '赵庄镇卫生院',
  readingInstitution: '桥县人民医院',
  patient: { number: 'ZZ0007', name: '王小明', sex: 'M', age: '63岁', idCardMasked: '110101********0015' },
  exam: { item: '胸部CT平扫', modality: 'CT', accessionNumber: 'A7', device: null, examiner: '赵敏' },
  times: {
    examined: new Date('2026-03-01T01:05:00Z'),
    arrived: new Date('2026-03-01T01:12:00Z'),
    reported: new Date('2026-03-01T01:40:00Z'),
    reviewed: new Date('2026-03-01T01:52:00Z'),
    timeZone: 'Asia/Shanghai',
  },
  clinicalInformation: '咳嗽、咳痰一周，发热38.5℃。',
  findings: '双肺纹理清晰，右肺上叶见一磨玻璃结节，大小约8 mm×6 mm，边界清楚。\n纵隔内未见肿大淋巴结。',
  impression: '1. 右肺上叶磨玻璃结节，建议3个月后复查。\n2. 余未见明显异常。',
  critical: null,
  keyImages: [],
  ecg: null,
  author: '孙立',
  reviewer: '钱文',
  instanceCount: 120,
  instanceListHash: 'ab'.repeat(32),
  testCa: true,
};

const now = new Date();
const details = (name: string, reason: string) => ({ name, reason, location: '桥县人民医院', signingTime: now });

describe('X509Signer', () => {
  let folder: string;
  let authority: TestAuthority;
  let signer: X509Signer;
  let author: SigningKey;
  let reviewer: SigningKey;
  let unsigned: Uint8Array;
  let once: Uint8Array;
  let twice: Uint8Array;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qiao-signer-'));
    authority = await createTestAuthority();
    signer = new X509Signer({ ...authority, isTestCa: true });
    const organisation = '桥县人民医院';
    author = await signer.createKey({ commonName: '孙立', organisation, personId: 'person-sun' }, '作者的口令');
    reviewer = await signer.createKey({ commonName: '钱文', organisation, personId: 'person-qian' }, 'reviewer-1');
    unsigned = await renderReportPdf(content, { regular: await font('400Regular'), bold: await font('700Bold') });
    once = await signer.signPdf(unsigned, author, '作者的口令', details('孙立', '报告'));
    twice = await signer.signPdf(once, reviewer, 'reviewer-1', details('钱文', '审核'));
    await writeFile(join(folder, 'root.pem'), authority.rootCertificatePem);
    await writeFile(join(folder, 'report.pdf'), twice);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The pieces of the nth signature, found without the code under test. */
  function pieces(pdf: Uint8Array, nth: number): { content: Buffer; cms: Buffer } {
    const bytes = Buffer.from(pdf);
    const ranges = [...bytes.toString('latin1').matchAll(/\/ByteRange \[0 (\d+) (\d+) (\d+)\]/g)];
    const [start, end, rest] = ranges[nth]!.slice(1).map(Number) as [number, number, number];
    const padded = Buffer.from(bytes.toString('latin1', start + 1, end - 1), 'hex');
    const cms = padded.subarray(0, 4 + padded.readUInt16BE(2));
    return { content: Buffer.concat([bytes.subarray(0, start), bytes.subarray(end, end + rest)]), cms };
  }

  it('appends: what was signed before is the beginning of the new file', () => {
    expect(Buffer.from(once).subarray(0, unsigned.length).equals(Buffer.from(unsigned))).toBe(true);
    expect(Buffer.from(twice).subarray(0, once.length).equals(Buffer.from(once))).toBe(true);
  });

  it('finds both signatures valid, names the signers and the test authority', async () => {
    const verdict = await signer.verifyPdf(twice);
    expect(verdict).toMatchObject({ valid: true, signerName: '钱文', coversWholeFile: true, testCa: true });
    expect(verdict.signatures).toMatchObject([
      { signerName: '孙立', personId: 'person-sun', reason: '报告', valid: true, laterChanges: 'signatures-only' },
      { signerName: '钱文', organisation: '桥县人民医院', valid: true, laterChanges: 'none', coversWholeFile: true },
    ]);
    expect(verdict.signatures[0]?.subFilter).toBe('ETSI.CAdES.detached');
    expect(verdict.signatures[0]?.signingTime?.getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000);
  });

  it('sees one changed byte wherever it is signed, and bytes behind the last signature', async () => {
    for (const at of [20, Math.floor(unsigned.length / 2), unsigned.length - 12]) {
      const changed = Uint8Array.from(twice);
      changed[at] = changed[at]! ^ 1;
      expect((await signer.verifyPdf(changed)).valid).toBe(false);
    }
    const longer = Buffer.concat([twice, Buffer.from('\n% more\n')]);
    expect(await signer.verifyPdf(longer)).toMatchObject({ valid: false, coversWholeFile: false });
  });

  it('sees content that was changed between two valid signatures', async () => {
    const text = Buffer.from(once).toString('latin1');
    const trailer = /<< (\/Size \d+ \/Root (\d+) 0 R)/.exec(text.slice(text.lastIndexOf('trailer')))!;
    const start = text.lastIndexOf(`\n${trailer[2]} 0 obj\n`) + 1;
    const object = text.slice(start, text.indexOf('endobj', start));
    const body = `${object.replace('(zh-CN)', '(en-US)')}endobj\n`;
    expect(body).toContain('(en-US)');
    const row = `${trailer[2]} 1\n${String(once.length).padStart(10, '0')} 00000 n \n`;
    const previous = /\d+/.exec(text.slice(text.lastIndexOf('startxref')))![0];
    const end = `startxref\n${once.length + body.length}\n%%EOF\n`;
    const tail = `xref\n${row}trailer\n<< ${trailer[1]} /Prev ${previous} >>\n${end}`;
    const altered = Buffer.concat([once, Buffer.from(body + tail, 'latin1')]);
    const verdict = await signer.verifyPdf(
      await signer.signPdf(altered, reviewer, 'reviewer-1', details('钱文', '审核')),
    );
    expect(verdict.signatures.map(({ intact }) => intact)).toEqual([true, true]);
    expect(verdict.signatures[0]?.laterChanges).toBe('content');
    expect(verdict.valid).toBe(false);
  });

  it('trusts its own root only', async () => {
    const stranger = new X509Signer({ ...(await createTestAuthority()), isTestCa: false });
    const verdict = await stranger.verifyPdf(twice);
    expect(verdict).toMatchObject({ valid: false, testCa: false });
    expect(verdict.signatures[0]).toMatchObject({ intact: true, trusted: false });
  }, 60_000);

  it('refuses a wrong password and a damaged key with codes of their own', async () => {
    const sign = (key: SigningKey, password: string) =>
      signer.signPdf(unsigned, key, password, details('孙立', '报告'));
    await expect(sign(author, 'wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(sign(author, 'wrong')).rejects.toBeInstanceOf(SignerError);
    await expect(sign({ ...author, encryptedKey: 'nothing' }, 'x')).rejects.toMatchObject({ code: 'damaged-key' });
    const swapped = { ...author, encryptedKey: reviewer.encryptedKey };
    await expect(sign(swapped, 'reviewer-1')).rejects.toMatchObject({ code: 'damaged-key' });
    await expect(
      signer.signPdf(Buffer.from('no pdf'), author, '作者的口令', details('孙立', '报告')),
    ).rejects.toMatchObject({ code: 'unsupported-pdf' });
  });

  it('changes the password of a key and keeps its certificate', async () => {
    const changed = await signer.changePassword(author, '作者的口令', 'next');
    expect(changed.certificatePem).toBe(author.certificatePem);
    await expect(signer.signDetached(unsigned, changed, '作者的口令')).rejects.toMatchObject({
      code: 'wrong-password',
    });
    expect((await signer.signDetached(unsigned, changed, 'next')).certificatePem).toBe(author.certificatePem);
  });

  it('leaves the event loop free while a key is opened', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await signer.signDetached(Buffer.from('x'), author, '作者的口令');
    clearInterval(timer);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(400);
  });

  it('signs bytes beside them and sees a change', async () => {
    const bytes = Buffer.from('{"impression":"未见异常"}');
    const { signature } = await signer.signDetached(bytes, author, '作者的口令');
    expect(await signer.verifyDetached(bytes, signature)).toMatchObject({
      valid: true,
      signerName: '孙立',
      testCa: true,
    });
    expect((await signer.verifyDetached(Buffer.from('{}'), signature)).valid).toBe(false);
    expect((await signer.verifyDetached(bytes, 'bm90aGluZw==')).valid).toBe(false);
    expect((await signer.verifyPdf(unsigned)).valid).toBe(false);
    expect((await signer.verifyPdf(Buffer.from('no pdf'))).valid).toBe(false);
  });

  withTool('openssl')('OpenSSL passes each signature as CAdES, and reads no signing-time', async () => {
    for (const nth of [0, 1]) {
      const { content: signed, cms } = pieces(twice, nth);
      await writeFile(join(folder, 'content'), signed);
      await writeFile(join(folder, 'cms'), cms);
      const common = ['-inform', 'DER', '-in', join(folder, 'cms')];
      const verify = ['cms', '-verify', '-binary', '-cades', '-content', join(folder, 'content'), '-out', '/dev/null'];
      const { stderr } = await run('openssl', [...verify, ...common, '-CAfile', join(folder, 'root.pem')]);
      expect(stderr).toMatch(/CAdES Verification successful/i);
      const { stdout } = await run('openssl', ['cms', '-cmsout', '-print', '-noout', ...common]);
      expect(stdout).toContain('signingCertificateV2');
      expect(stdout).not.toContain('signingTime');
      await writeFile(join(folder, 'content'), Buffer.concat([signed.subarray(1), Buffer.from('x')]));
      await expect(run('openssl', [...verify, ...common, '-CAfile', join(folder, 'root.pem')])).rejects.toThrow();
    }
  });

  withTool('openssl')('OpenSSL opens the key with the password of its owner only', async () => {
    await writeFile(join(folder, 'key.pem'), reviewer.encryptedKey);
    const open = (password: string) =>
      run('openssl', ['pkey', '-in', join(folder, 'key.pem'), '-noout', '-passin', `pass:${password}`]);
    await open('reviewer-1');
    await expect(open('other')).rejects.toThrow();
    const { stdout } = await run('openssl', ['asn1parse', '-in', join(folder, 'key.pem')]);
    expect(stdout).toMatch(/PBKDF2[\s\S]*:0927C0[\s\S]*hmacWithSHA256[\s\S]*aes-256-cbc/);
  });

  withTool('pdfsig')('pdfsig calls both signatures valid and the whole file signed', async () => {
    const { stdout } = await run('pdfsig', ['-nocert', join(folder, 'report.pdf')]);
    expect(stdout.match(/Signature Validation: Signature is Valid\./g)).toHaveLength(2);
    expect(stdout.match(/Signature Type: ETSI\.CAdES\.detached/g)).toHaveLength(2);
    expect(stdout).toMatch(/Signature #2:[\s\S]*Total document signed/);
    expect(stdout).toContain('钱文');
  });

  withTool('certutil')('pdfsig trusts the certificates where its store holds the root', async () => {
    await run('certutil', ['-N', '-d', `sql:${folder}`, '--empty-password']);
    const add = ['-A', '-d', `sql:${folder}`, '-n', 'root', '-t', 'C,C,C', '-i', join(folder, 'root.pem')];
    await run('certutil', add);
    const { stdout } = await run('pdfsig', ['-nssdir', folder, join(folder, 'report.pdf')]);
    expect(stdout.match(/Certificate Validation: Certificate is Trusted\./g)).toHaveLength(2);
  });

  withTool('pdftotext')('the Chinese can be read back from the signed file', async () => {
    const { stdout } = await run('pdftotext', ['-layout', join(folder, 'report.pdf'), '-']);
    for (const text of [
      '影像诊断报告',
      '右肺上叶见一磨玻璃结节，大小约8 mm×6 mm',
      '王小明',
      '2026-03-01 09:05 (UTC+08:00)',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain('本报告由内置测试CA签名，仅供测试，不具法律效力');
  });

  withTool('pdftoppm')('poppler draws the glyphs: the title band holds ink', async () => {
    const box = ['-x', '200', '-y', '60', '-W', '200', '-H', '60', '-r', '72', '-gray'];
    const { stdout } = await run('pdftoppm', [...box, join(folder, 'report.pdf')], { encoding: 'buffer' });
    const pixels = stdout.subarray(stdout.length - 200 * 60);
    expect(pixels.filter((value) => value < 128).length).toBeGreaterThan(500);
  });
});
