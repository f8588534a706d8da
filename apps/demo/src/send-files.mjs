// Sends files the way a modality, a PACS and a township's browser do, and finds the files of a folder that can be sent.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { integer, Part10Splitter, readAttributes, text } from '#libs/formats/dicom';
import { detectEcgFormat } from '#libs/formats/ecg';
import { ask, demand, DemoStop, dimse, token } from './hospital-client.mjs';

function dcmsendVersion() {
  const { status, stdout } = spawnSync('dcmsend', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /v\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

/** C-STORE with dcmtk's dcmsend where it is installed, else STOW-RS with the PACS's token. */
export async function sendDicom(credentials, files) {
  const version = dcmsendVersion();
  if (version === undefined) {
    const pacs = await token(credentials, 'pacs-zhaozhuang');
    let stored = 0;
    for (const file of files) stored += await stow(pacs, file.bytes ?? readFileSync(file.path));
    return `STOW-RS (no dcmsend on this machine), ${stored} of ${files.length} stored`;
  }
  const folder = mkdtempSync(join(tmpdir(), 'qiao-demo-'));
  try {
    const paths = files.map((file, at) => {
      if (file.path) return file.path;
      const path = join(folder, `${at}.dcm`);
      writeFileSync(path, file.bytes);
      return path;
    });
    // Names go in batches: a command line has an end.
    for (let at = 0; at < paths.length; at += 200) {
      const { status, stdout, stderr } = spawnSync(
        'dcmsend',
        [
          '-aet',
          'ZHAOZHUANG',
          '-aec',
          dimse.aeTitle,
          '--decompress-never',
          '--no-uid-checks',
          '--no-halt',
          dimse.host,
          dimse.port,
        ].concat(paths.slice(at, at + 200)),
        { encoding: 'utf8' },
      );
      if (status !== 0)
        throw new DemoStop(`dcmsend to ${dimse.host}:${dimse.port} ended with ${status}: ${stdout}${stderr}`.trim());
    }
    return `C-STORE (dcmsend ${version}) ZHAOZHUANG → ${dimse.aeTitle}, ${files.length} sent`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function stow(who, bytes) {
  const boundary = `qiao-demo-${randomUUID()}`;
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
  const { status } = await ask(who, 'POST', '/dicom-web/studies', body, { 'content-type': type });
  return status === 200 || status === 202 ? 1 : 0;
}

export async function sendEcg(who, bytes, query = {}) {
  const path = `/api/ecg?${new URLSearchParams(query)}`;
  return (await demand(who, 'POST', path, bytes, { 'content-type': 'application/octet-stream' })).json;
}

/** A file that may be refused: then the outcome says why. */
export async function offerEcg(who, bytes) {
  const headers = { 'content-type': 'application/octet-stream' };
  const { status, json } = await ask(who, 'POST', '/api/ecg', bytes, headers);
  return status === 201 ? json : { outcome: `refused (${json?.code ?? status})` };
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}

export function headerOf(bytes) {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
  const { attributes } = readAttributes(dataset, splitter.meta.transferSyntaxUid, { complete: true });
  return {
    studyInstanceUid: text(attributes, '0020000D') ?? '',
    modality: text(attributes, '00080060') ?? '',
    patientId: text(attributes, '00100020') ?? '',
    isImage: integer(attributes, '00280010') !== null,
  };
}

/** What FOLDER holds: DICOM instances and aECG files; everything else is left out. */
export function lookThrough(folder) {
  const dicom = [];
  const aecg = [];
  let others = 0;
  for (const path of filesUnder(folder)) {
    const bytes = readFileSync(path);
    try {
      if (detectEcgFormat(bytes) === 'aecg') {
        aecg.push({ path, bytes });
        continue;
      }
      const header = headerOf(bytes);
      if (header.studyInstanceUid === '') others += 1;
      else dicom.push({ path, ...header });
    } catch {
      others += 1;
    }
  }
  return { dicom, aecg, others };
}
