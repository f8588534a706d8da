import { execFile } from 'node:child_process';

/** What dicom3tools' validator says against a file. */
export function faultsByDciodvfy(path: string): Promise<{ errors: string[]; warnings: string[] }> {
  return new Promise((resolve, reject) => {
    execFile('dciodvfy', [path], (_error, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
      // The last thing it does is to name the object's class: without it nothing was checked.
      if (lines.length === 0) return reject(new Error('dciodvfy said nothing'));
      return resolve({
        errors: lines.filter((line) => line.startsWith('Error')),
        warnings: lines.filter((line) => line.startsWith('Warning')),
      });
    });
  });
}
