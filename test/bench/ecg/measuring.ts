import type { EcgRecording } from '#libs/formats/ecg';
import { measureEcg } from '#libs/formats/ecg-measure';
import { dynamicalEcg } from '#libs/formats/samples';
import type { Figure } from '../contender.js';

const SECONDS = 86_400;
const RATE_HZ = 200;

/** Seconds to measure a day of three leads, and how far the process grew beside the samples. */
export function measuringFigure(): Figure {
  const recording = day();
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const { beats, pauses, fastRuns } = measureEcg(recording);
  const seconds = (performance.now() - began) / 1000;
  const grown = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
  return {
    what: `measure a day of three leads at ${RATE_HZ} Hz`,
    unit: 's',
    ours: seconds,
    note: `${beats.length} beats, ${pauses.length} pauses, ${fastRuns.length} fast runs; the process grew by ${Math.max(0, grown).toFixed(0)} MB at most`,
  };
}

/** Six minutes of sinus rhythm with ventricular beats, a fast run and a pause, over and over, under noise that never repeats. */
function day(): EcgRecording {
  const usual = Array.from({ length: 280 }, (_, i) =>
    i % 29 === 5 ? { rrSeconds: 0.55, ventricular: true } : { rrSeconds: i % 29 === 6 ? 1.15 : 0.85 },
  );
  const fast = Array.from({ length: 40 }, () => ({ rrSeconds: 0.35 }));
  const slow = Array.from({ length: 100 }, () => ({ rrSeconds: 1 }));
  const { recording } = dynamicalEcg({
    beats: [...usual, ...fast, { rrSeconds: 3.4 }, ...slow],
    leads: { V1: [0.5, 0.2, 0.3, 3, 0.3], V5: [1.2, 1.2, 1.2, 1.2, 1.2], II: [1, 1, 1, 1, 1] },
    sampleRateHz: RATE_HZ,
    noiseMicrovolts: 15,
    wanderMicrovolts: 200,
  });
  let state = 1;
  const leads = recording.leads.map((lead) => {
    const samples = new Int32Array(SECONDS * RATE_HZ);
    for (let i = 0; i < samples.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      samples[i] = lead.samples[i % lead.samples.length]! + (state >> 28);
    }
    return { ...lead, samples };
  });
  return { ...recording, leads };
}
