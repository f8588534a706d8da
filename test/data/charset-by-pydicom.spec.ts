import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { nameGroups, Part10Splitter, personName, readAttributes, sequence } from '#libs/formats/dicom';
import { namePatterns, nameSpellings } from '#libs/patients';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const folder = join(root, 'dicom', 'charset');

/** Every person name of a file, in its data set and its items, by pydicom: another reader of the same bytes. */
const PROGRAM = `
import sys, json, pydicom
out = {}
for path in sys.argv[1:]:
    ds = pydicom.dcmread(path)
    ds.decode()
    names = []
    def walk(d):
        for e in d:
            if e.VR == 'SQ':
                for i in e.value: walk(i)
            elif e.VR == 'PN' and e.tag == 0x00100010 and e.value:
                names.append(str(e.value))
    walk(ds)
    out[path] = names
print(json.dumps(out))
`;

function byPydicom(files: string[]): Record<string, string[]> {
  return JSON.parse(execFileSync(python!, ['-W', 'ignore', '-c', PROGRAM, ...files], { encoding: 'utf8' }));
}

/** A Python that has pydicom: Debian's own where another one comes first in the path. */
const python = ['python3', '/usr/bin/python3'].find(
  (one) => spawnSync(one, ['-c', 'import pydicom'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined) {
  if (process.env['CI']) throw new Error('pydicom is needed for the tests in CI');
  process.stderr.write('left out: pydicom is not on this machine\n');
}

function read(bytes: Buffer) {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
  return readAttributes(dataset, splitter.meta!.transferSyntaxUid).attributes;
}

(python ? describe : describe.skip)('names as pydicom reads them', () => {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const scratch = mkdtempSync(join(tmpdir(), 'qiao-charset-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('in every file of the collection', () => {
    const theirs = byPydicom(files);
    for (const file of files) {
      const attributes = read(readFileSync(file));
      const holders = [attributes, ...sequence(attributes, '00321064')].filter((one) => one['00100010']?.Value);
      const ours = holders.map((holder) => {
        const value = holder['00100010']!.Value![0] as Record<string, string>;
        return [value['Alphabetic'], value['Ideographic'], value['Phonetic']].map((group) => group ?? '').join('=');
      });
      expect([file, ours.map((name) => name.replace(/=+$/, ''))]).toEqual([file, theirs[file]]);
      for (const holder of holders) {
        expect(personName(holder, '00100010').display).not.toBe('');
        const spellings = nameSpellings(nameGroups(holder, '00100010'));
        for (const group of nameGroups(holder, '00100010')) {
          const [patterns] = namePatterns([group], false);
          expect(patterns!.some((pattern) => spellings.includes(pattern.replaceAll(/\\(.)/g, '$1')))).toBe(true);
        }
      }
    }
  });

  it('in Chinese files that pydicom wrote', () => {
    const written = execFileSync(
      python!,
      [
        '-W',
        'ignore',
        '-c',
        `
import sys, pydicom, json
from pydicom.dataset import FileDataset, FileMetaDataset
out = {}
for cs in ['GB18030', 'GBK', 'ISO_IR 192', '\\\\ISO 2022 IR 58']:
    for at, name in enumerate(['Wang^XiaoDong=王^小东', '王小东', 'Zhu^RongJi=朱^镕基']):
        if 'IR 58' in cs and '镕' in name: continue
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = '1.2.840.10008.1.2.1'
        meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
        meta.MediaStorageSOPInstanceUID = '1.2.3'
        path = sys.argv[1] + '/' + cs.replace('\\\\', '_').replace(' ', '_') + str(at) + '.dcm'
        ds = FileDataset(path, {}, file_meta=meta, preamble=b'\\0' * 128)
        ds.is_little_endian, ds.is_implicit_VR = True, False
        ds.SpecificCharacterSet = cs.split('\\\\') if cs.startswith('\\\\') else cs
        ds.PatientName = name
        ds.save_as(path)
        out[path] = name
print(json.dumps(out))
`,
        scratch,
      ],
      { encoding: 'utf8' },
    );
    const names = JSON.parse(written) as Record<string, string>;
    expect(Object.keys(names).length).toBeGreaterThan(9);
    for (const [file, name] of Object.entries(names)) {
      const groups = nameGroups(read(readFileSync(file)), '00100010');
      expect([file, groups.join('=')]).toEqual([file, name]);
      // The same bytes under a wrong name of their character set.
      const bytes = readFileSync(file);
      const at = bytes.indexOf(Buffer.from('GB18030 '));
      if (at > 0 && file.includes('GB18030')) {
        bytes.write('ISO_IR 6', at, 'latin1');
        writeFileSync(file, bytes);
        expect([file, nameGroups(read(readFileSync(file)), '00100010').join('=')]).toEqual([file, name]);
      }
    }
  });
});
