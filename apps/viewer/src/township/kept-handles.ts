import type { FileToSend } from './file-to-send.js';

/** File and folder handles (File System Access) by batch: with them a batch goes on without being given its files again. */
export type Handle = (FileSystemFileHandle | FileSystemDirectoryHandle) & {
  queryPermission?: (what: { mode: 'read' }) => Promise<PermissionState>;
  requestPermission?: (what: { mode: 'read' }) => Promise<PermissionState>;
};

const store = 'handles';

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('qiao-uploads', 1);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(store));
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(opening.error));
  });
}

async function inStore<T>(mode: IDBTransactionMode, act: (handles: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const open = await database();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = act(open.transaction(store, mode).objectStore(store));
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
    });
  } finally {
    open.close();
  }
}

/** A browser that keeps nothing only costs the comfort: the files are asked for again. */
export const keepHandles = (batch: string, handles: readonly Handle[]): Promise<unknown> =>
  inStore('readwrite', (all) => all.put([...handles], batch)).catch(() => undefined);
export const forgetHandles = (batch: string): Promise<unknown> =>
  inStore('readwrite', (all) => all.delete(batch)).catch(() => undefined);
export const handlesOf = async (batch: string): Promise<Handle[]> =>
  ((await inStore('readonly', (all) => all.get(batch)).catch(() => undefined)) as Handle[] | undefined) ?? [];

/** Whether these may be read now; with `ask`, from within a click, the person is asked where need be. */
export async function mayRead(handles: readonly Handle[], ask: boolean): Promise<boolean> {
  if (handles.length === 0) return false;
  for (const handle of handles) {
    let state = (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted';
    if (state === 'prompt' && ask) state = (await handle.requestPermission?.({ mode: 'read' })) ?? 'denied';
    if (state !== 'granted') return false;
  }
  return true;
}

/** The files behind handles, folders opened. */
export async function filesOfHandles(
  handles: readonly Handle[],
  counted: (n: number) => void = () => undefined,
): Promise<FileToSend[]> {
  const found: FileToSend[] = [];
  const walk = async (handle: Handle, folder: string): Promise<void> => {
    const path = folder + handle.name;
    if (handle.kind === 'file') {
      found.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
      if (found.length % 50 === 0) counted(found.length);
      return;
    }
    const inside = (handle as unknown as { values: () => AsyncIterable<Handle> }).values();
    for await (const child of inside) await walk(child, `${path}/`);
  };
  for (const handle of handles) await walk(handle, '');
  return found;
}
