/** Measures the one recording that it is given, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcgFormatError } from '#libs/formats/ecg';
import { measuredEcg, type MeasuredEcg } from './domain/measured-ecg.js';

export interface MeasuringWork {
  readonly bytes: Uint8Array;
  readonly format: string;
}

function measured({ bytes, format }: MeasuringWork): MeasuredEcg | null {
  try {
    return measuredEcg(bytes, format);
  } catch (error) {
    if (error instanceof EcgFormatError) return null;
    throw error;
  }
}

parentPort!.postMessage(measured(workerData as MeasuringWork));
