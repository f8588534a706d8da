import type { FileToSend } from './file-to-send.js';
import { filesOfHandles, type Handle } from './kept-handles.js';
import { lookAt, type FileHeader } from './read-header.js';

/** Files as a person gave them, with handles to come back to where the browser gives such. */
export interface Given {
  files: FileToSend[];
  handles: Handle[];
}

/** What is to be sent together. */
export interface Chosen {
  title: string;
  files: FileToSend[];
  bytes: number;
  /** what operating systems put beside people's files, and empty files */
  skipped: number;
  /** programs, pictures and the like, which are no examinations */
  beside: number;
  /** SOP Instance UIDs by study, as far as the page could read them */
  studies: ReadonlyMap<string, readonly string[]>;
}

const junk = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*|\._[^/]*)$/i;
/** So many are looked into at a time. */
const looking = 8;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));
const someEntries = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry: FileSystemEntry, into: FileToSend[], counted: (n: number) => void): Promise<void> {
  if (entry.isFile) {
    into.push({ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) });
    if (into.length % 50 === 0) counted(into.length);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader hands out at most about a hundred entries at a time, and an empty list at the end.
  for (let some = await someEntries(reader); some.length > 0; some = await someEntries(reader)) {
    for (const child of some) await walk(child, into, counted);
  }
}

type HandleGiver = DataTransferItem & { getAsFileSystemHandle?: () => Promise<Handle | null> };

/** What was dropped, folders opened. Call it within the drop event: items and entries are gone afterwards. */
export async function filesOfDrop(transfer: DataTransfer, counted: (n: number) => void): Promise<Given> {
  const items = [...transfer.items] as HandleGiver[];
  const handles = Promise.all(items.map((item) => item.getAsFileSystemHandle?.().catch(() => null) ?? null));
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files: FileToSend[] = [];
  if (entries.length === 0) files.push(...[...transfer.files].map((file) => ({ path: file.name, file })));
  for (const entry of entries) await walk(entry, files, counted);
  return { files, handles: (await handles).filter((handle) => handle !== null) };
}

export const filesOfInput = (list: FileList): Given => ({
  files: [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })),
  handles: [],
});

type Picker = typeof globalThis & {
  showDirectoryPicker?: () => Promise<Handle>;
  showOpenFilePicker?: (options: { multiple: boolean }) => Promise<Handle[]>;
};

/** Whether the browser's pickers give handles that can be kept. */
export const hasPickers = (): boolean => Boolean((globalThis as Picker).showDirectoryPicker);

/** Null: the person chose nothing. */
export async function filesOfPicker(what: 'files' | 'folder', counted: (n: number) => void): Promise<Given | null> {
  const { showDirectoryPicker, showOpenFilePicker } = globalThis as Picker;
  try {
    const handles = what === 'folder' ? [await showDirectoryPicker!()] : await showOpenFilePicker!({ multiple: true });
    return { files: await filesOfHandles(handles, counted), handles };
  } catch (error) {
    if ((error as Error).name === 'AbortError') return null;
    throw error;
  }
}

/** Looks into each file and leaves out what is no examination for certain. */
export async function chosenOf(given: readonly FileToSend[], counted: (n: number) => void): Promise<Chosen> {
  const sorted = given.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const candidates = sorted.filter(({ path, file }) => !junk.test(path) && file.size > 0);
  const files: (FileToSend | undefined)[] = [];
  const headers: (FileHeader | undefined)[] = [];
  let beside = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < candidates.length; at = next++) {
      const candidate = candidates[at]!;
      const look = await lookAt(candidate.file);
      if (look.kind === 'beside') beside += 1;
      else files[at] = candidate;
      if (look.kind === 'instance') headers[at] = look.header;
      if (at % 50 === 0) counted(at);
    }
  };
  await Promise.all(Array.from({ length: looking }, lane));
  const kept = files.filter((file) => file !== undefined);
  const studies = new Map<string, string[]>();
  for (const header of headers.filter((one) => one !== undefined))
    studies.set(header.studyInstanceUid, [...(studies.get(header.studyInstanceUid) ?? []), header.sopInstanceUid]);
  return {
    title: titleOf(kept, headers),
    files: kept,
    bytes: kept.reduce((sum, { file }) => sum + file.size, 0),
    skipped: given.length - candidates.length,
    beside,
    studies,
  };
}

/** What to call it: the patient and the examination where the files say them, else its folder, its only file, or the first of several. */
function titleOf(files: readonly FileToSend[], headers: readonly (FileHeader | undefined)[]): string {
  const header = headers.find((one) => one !== undefined);
  const names = new Set(headers.flatMap((one) => (one ? [one.patientName] : [])));
  if (header?.patientName && names.size === 1)
    return `${header.patientName} ${header.description}`.trim().slice(0, 100);
  const tops = [...new Set(files.map(({ path }) => path.split('/')[0] ?? path))];
  return (tops.length > 1 ? `${tops[0]} … (+${tops.length - 1})` : (tops[0] ?? '')).slice(0, 100);
}
