import { frameAt } from '../images/frame-registry.js';
import { holdsPictures, listSeries, loadSeries, type Frame } from '../images/series.js';

/** One image of the study, also of a series that has not been looked at; undefined where none is such. */
export async function findFrame(study: string, sopInstanceUid: string, frame: number): Promise<Frame | undefined> {
  const known = frameAt(sopInstanceUid, frame);
  if (known) return known;
  for (const series of (await listSeries(study)).filter(holdsPictures)) {
    const { frames } = await loadSeries(study, series.uid);
    const found = frames.find((one) => one.sopInstanceUid === sopInstanceUid && one.frame === frame);
    if (found) return found;
  }
  return undefined;
}
