// A thread of the object folder: all the calls that turn bytes in shared memory into a durable object, one after the other, where
// waiting for the disk holds up nobody. Plain JavaScript, because a thread is started from its file, in tests as in the product.
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ memory: SharedArrayBuffer, root: string, incoming: string, syncDirectories: boolean }} */
const { memory, root, incoming, syncDirectories } = workerData;
const bytes = new Uint8Array(memory);
const NEW_AND_FLUSHED = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC;
/** A file system without hard links answers one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** Descriptors of the directories whose entries this thread has made durable, up to the root. @type {Map<string, number>} */
const directories = new Map();
const MOST_DIRECTORIES = 1024;

/** The directory, made if absent, durable as an entry of those above it. @param {string} path @returns {number} its descriptor */
function directory(path) {
  const known = directories.get(path);
  if (known !== undefined) return known;
  if (path !== root) {
    const parent = directory(dirname(path));
    try {
      mkdirSync(path);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (syncDirectories) fsyncSync(parent);
  }
  const descriptor = openSync(path, 'r');
  directories.set(path, descriptor);
  if (directories.size > MOST_DIRECTORIES) {
    const [oldest, unused] = directories.entries().next().value;
    directories.delete(oldest);
    closeSync(unused);
  }
  return descriptor;
}

/** Somebody may have removed a folder under us: what is known of folders is forgotten. */
function forget() {
  for (const descriptor of directories.values()) closeSync(descriptor);
  directories.clear();
}

/** @param {string} path @returns {number | null} */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** @typedef {{ path: string, descriptor: number, openedAt: number }} OpenFile */

/** Where the next object will be until it is whole: opened while nobody waits for it. @type {OpenFile | undefined} */
let spare;
/** Long before a clean-up of what was left unfinished could take it away. */
const SPARE_MS = 10 * 60 * 1000;

/** @returns {OpenFile} */
function openIncoming() {
  const path = join(incoming, randomUUID());
  return { path, descriptor: openSync(path, NEW_AND_FLUSHED), openedAt: Date.now() };
}

/** @returns {OpenFile} */
function takeSpare() {
  const taken = spare;
  spare = undefined;
  if (taken === undefined) return openIncoming();
  if (Date.now() - taken.openedAt < SPARE_MS) return taken;
  closeSync(taken.descriptor);
  remove(taken.path);
  return openIncoming();
}

/** Renamed or never made is as good; what else stays behind, the next clean-up finds. @param {string} path */
function remove(path) {
  try {
    unlinkSync(path);
  } catch {
    // as said above
  }
}

/**
 * @param {{ size: number, target: string }} job the first `size` bytes of the shared memory become `target`
 * @param {OpenFile} file where they are until then
 * @returns {number} the size of what lies there now: another size than `size` is another object, and was left alone
 */
function write({ size, target }, { path, descriptor }) {
  try {
    for (let at = 0; at < size;) at += writeSync(descriptor, bytes, at, size - at, at);
  } finally {
    closeSync(descriptor);
  }
  let folder = directory(dirname(target));
  let stored = size;
  try {
    try {
      linkSync(path, target);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      forget();
      folder = directory(dirname(target));
      linkSync(path, target);
    }
  } catch (error) {
    if (error.code !== 'EEXIST' && !NO_LINKS.has(error.code)) throw error;
    const there = sizeOf(target);
    if (there !== null) stored = there;
    else renameSync(path, target);
  }
  if (syncDirectories) fsyncSync(folder);
  return stored;
}

parentPort.on('message', (job) => {
  /** @type {OpenFile | undefined} */
  let file;
  try {
    file = takeSpare();
    parentPort.postMessage({ stored: write(job, file) });
  } catch (error) {
    parentPort.postMessage({ code: error.code ?? '', message: error.message });
  }
  if (file !== undefined) remove(file.path);
  try {
    spare = openIncoming();
  } catch {
    // The next object meets the reason too, and tells it.
  }
});
