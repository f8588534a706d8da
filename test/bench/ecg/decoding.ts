import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EcgFormatError, readEcg } from '#libs/formats/ecg';
import type { Figure } from '../contender.js';

const TIMES = 10;

/** For each real file that is read: milliseconds to decode it, and what `save2gdf` takes where it can decode it. */
export async function decodingFigures(data: string): Promise<Figure[]> {
  const root = join(data, 'ecg');
  const figures: Figure[] = [];
  for (const format of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const name of readdirSync(join(root, format.name)).toSorted()) {
      const path = join(root, format.name, name);
      const bytes = readFileSync(path);
      const ours = best(() => readEcg(bytes));
      if (ours === undefined) continue;
      figures.push({ what: `decode ${format.name}/${name}`, unit: 'ms', ours, peer: peers(path) });
    }
  }
  return figures;
}

/** The best of ten; undefined where the file is refused. */
function best(decode: () => unknown): number | undefined {
  let least = Infinity;
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now();
    try {
      decode();
    } catch (error) {
      if (error instanceof EcgFormatError) return undefined;
      throw error;
    }
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** The best of three of the whole process; undefined where it is not installed or does not decode the file. */
function peers(path: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-save2gdf-'));
  try {
    let least = Infinity;
    for (let time = 0; time < 3; time += 1) {
      const began = performance.now();
      execFileSync('save2gdf', ['-f=GDF', path, join(folder, 'out.gdf')], { stdio: 'ignore', timeout: 20_000 });
      least = Math.min(least, performance.now() - began);
    }
    return least;
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
