import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { UndecodableFrame } from '#libs/ports';
import type { BackgroundAnswer, BackgroundWork } from './background-codec.js';
import { Codecs } from './codecs.js';

/** The last of all: it gets what others leave. */
const LEAST = 19;

// On Linux a priority is a thread's own; where it would be the whole process's, it is left alone.
if (process.platform === 'linux') setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), LEAST);

const codecs = new Codecs();
parentPort!.on('message', async ({ frame, description, transferSyntaxUid }: BackgroundWork) => {
  parentPort!.postMessage(await answer(frame, description, transferSyntaxUid));
});

async function answer(...[frame, description, syntax]: Parameters<Codecs['recompress']>): Promise<BackgroundAnswer> {
  try {
    return { bytes: (await codecs.encode(await codecs.decode(frame, description), description, syntax)).bytes };
  } catch (error) {
    if (error instanceof UndecodableFrame) return { code: error.code, message: error.message };
    return { code: null, message: String((error as Error).message ?? error) };
  }
}
