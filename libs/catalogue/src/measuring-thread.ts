/** Measures the one recording that it is given, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcgFormatError, type EcgRecording } from '#libs/formats/ecg';
import { madeOfEcg, measuredEcg, type MadeOfEcg } from './domain/measured-ecg.js';

/** A file; or a recording that was read already, whose levels are made elsewhere. */
export type MeasuringWork =
  { readonly bytes: Uint8Array; readonly format: string } | { readonly recording: EcgRecording };

function made(work: MeasuringWork): MadeOfEcg | null {
  if ('recording' in work) return { measured: measuredEcg(work.recording), levels: null };
  try {
    return madeOfEcg(work.bytes, work.format);
  } catch (error) {
    if (error instanceof EcgFormatError) return null;
    throw error;
  }
}

parentPort!.postMessage(made(workerData as MeasuringWork));
