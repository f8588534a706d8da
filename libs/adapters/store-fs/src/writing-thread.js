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
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ memory: SharedArrayBuffer, root: string, syncDirectories: boolean }} */
const { memory, root, syncDirectories } = workerData;
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

/**
 * @param {{ size: number, incoming: string, target: string }} job the first `size` bytes of the shared memory become `target`;
 *   `incoming` is a name for the time until then
 * @returns {number} the size of what lies there now: another size than `size` is another object, and was left alone
 */
function write({ size, incoming, target }) {
  const file = openSync(incoming, NEW_AND_FLUSHED);
  try {
    for (let at = 0; at < size;) at += writeSync(file, bytes, at, size - at, at);
  } finally {
    closeSync(file);
  }
  let folder = directory(dirname(target));
  let stored = size;
  try {
    try {
      linkSync(incoming, target);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      forget();
      folder = directory(dirname(target));
      linkSync(incoming, target);
    }
  } catch (error) {
    if (error.code !== 'EEXIST' && !NO_LINKS.has(error.code)) throw error;
    const there = sizeOf(target);
    if (there !== null) stored = there;
    else renameSync(incoming, target);
  }
  if (syncDirectories) fsyncSync(folder);
  return stored;
}

parentPort.on('message', (job) => {
  try {
    parentPort.postMessage({ stored: write(job) });
  } catch (error) {
    parentPort.postMessage({ code: error.code ?? '', message: error.message });
  }
  try {
    unlinkSync(job.incoming);
  } catch {
    // Renamed, or never made; else the next clean-up finds it.
  }
});
