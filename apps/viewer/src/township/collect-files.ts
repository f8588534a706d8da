export interface FileToSend {
  /** Relative path with the folder's name, `/` between. */
  path: string;
  file: File;
}

const junk = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*|\._[^/]*)$/i;

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

/** What was dropped, folders opened. Call it within the drop event: the entries are gone afterwards. */
export async function filesOfDrop(transfer: DataTransfer, counted: (n: number) => void): Promise<FileToSend[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const found: FileToSend[] = [];
  for (const entry of entries) await walk(entry, found, counted);
  return found;
}

export const filesOfInput = (list: FileList): FileToSend[] =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Leaves out what operating systems put beside people's files. */
export function withoutJunk(files: readonly FileToSend[]): { kept: FileToSend[]; skipped: number } {
  const kept = files.filter(({ path, file }) => !junk.test(path) && file.size > 0);
  return { kept, skipped: files.length - kept.length };
}

/** What to call a drop: its folder, its only file, or the first of several. */
export function titleOf(files: readonly FileToSend[]): string {
  const tops = [...new Set(files.map(({ path }) => path.split('/')[0] ?? path))];
  return tops.length > 1 ? `${tops[0]} … (+${tops.length - 1})` : (tops[0] ?? '');
}
