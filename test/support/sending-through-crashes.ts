import { setTimeout as sleep } from 'node:timers/promises';
import { DimseSender } from './dimse-sender.js';
import { productDatabase } from './product-database.js';
import { eventually, type QiaoProcess } from './qiao-process.js';
import { digestOfFile, smallInstance, type SmallInstance } from './small-instances.js';

const VICTIMS = ['gateway', 'listener'] as const;

export interface Sent {
  /** what was answered with success, in whatever life of the server */
  acknowledged: SmallInstance[];
  /** requests that ended without an answer, or with a refusal, and were sent again */
  interrupted: number;
  kills: Record<string, number>;
  studies: number;
}

/**
 * Sends by STOW and by C-STORE, as senders do: again and again until there is a success; meanwhile kills the receiving servers
 * with SIGKILL `kills` times at random moments. `finale` runs behind that, with the senders still sending.
 */
export async function sendThroughCrashes(
  qiao: QiaoProcess,
  label: string,
  kills: number,
  finale: () => Promise<void> = async () => undefined,
): Promise<Sent> {
  const sent: Sent = { acknowledged: [], interrupted: 0, kills: { gateway: 0, listener: 0 }, studies: 0 };
  const token = await qiao.token('pacs-zhaozhuang');
  const over = new AbortController();

  const senders = [0, 1, 2].map(async (lane) => {
    for (let study = 0; !over.signal.aborted; study += 1) {
      sent.studies += 1;
      for (let number = 1; number <= 4; number += 1) {
        const instance = smallInstance({ study: `${label}-stow-${lane}-${study}`, number, rows: 128 });
        while (!(await stowOne(qiao, token, instance))) sent.interrupted += 1;
        sent.acknowledged.push(instance);
      }
    }
  });
  const associations = [0, 1].map(async (lane) => {
    let sender: DimseSender | undefined;
    for (let study = 0; !over.signal.aborted; study += 1) {
      sent.studies += 1;
      for (let number = 1; number <= 4;) {
        const instance = smallInstance({ study: `${label}-dimse-${lane}-${study}`, number, rows: 128 });
        for (let stored = false; !stored;) {
          try {
            sender ??= await DimseSender.associate(qiao.dimsePort, 'ZHAOZHUANG');
            stored = (await sender.store(instance)) === 0;
            if (!stored) sent.interrupted += 1;
          } catch {
            sent.interrupted += 1;
            await sender?.close();
            sender = undefined;
            await sleep(50);
          }
        }
        sent.acknowledged.push(instance);
        number += 1;
      }
    }
    await sender?.release().catch(() => undefined);
  });

  for (let kill = 0; kill < kills; kill += 1) {
    const victim = VICTIMS[kill % 2]!;
    const pid = await eventually(`the ${victim} to be there`, async () => (await qiao.children())[victim]);
    await eventually(`the ${victim} to answer`, () => answers(qiao, victim));
    // Long enough for work to be under way, at no moment in particular.
    await sleep(50 + Math.random() * 1200);
    process.kill(pid, 'SIGKILL');
    sent.kills[victim]! += 1;
    await eventually(`the ${victim} to be gone`, async () => (await qiao.children())[victim] !== pid);
  }
  await finale();
  over.abort();
  await Promise.all([...senders, ...associations]);
  return sent;
}

/** What the promise at the door comes to: every acknowledged instance is served with its digest, once, and every read is open. */
export async function missing(qiao: QiaoProcess, sent: Sent): Promise<string[]> {
  const faults: string[] = [];
  const authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
  const database = await productDatabase(qiao.dataDir);
  const studies = [...new Set(sent.acknowledged.map((one) => one.studyInstanceUid))];
  try {
    const count = async (sql: string): Promise<number> =>
      Number((await database.query<{ n: string }>(sql, [studies])).rows[0]!.n);
    await eventually(
      'every study to settle and open its read',
      async () =>
        (await count(
          `SELECT count(*) AS n FROM read r JOIN exam e ON e.id = r.exam_id
           WHERE e.study_instance_uid = ANY($1) AND e.state = 'settled' AND r.state IN ('open', 'assigned')`,
        )) === studies.length,
      90,
    );
    for (const [what, sql] of Object.entries({
      'instances kept twice': `SELECT count(*) - count(DISTINCT sop_instance_uid) AS n FROM ingest_instance WHERE study_instance_uid = ANY($1)`,
      'examinations made twice': `SELECT count(*) - count(DISTINCT study_instance_uid) AS n FROM exam WHERE study_instance_uid = ANY($1)`,
      'deliveries failed': `SELECT count(*) AS n FROM outbox_delivery WHERE failed_at IS NOT NULL AND $1::text[] IS NOT NULL`,
    })) {
      const found = await count(sql);
      if (found !== 0) faults.push(`${what}: ${found}`);
    }
  } finally {
    await database.end();
  }
  const waiting = [...sent.acknowledged];
  const check = async (): Promise<void> => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`;
      const answer = await fetch(`${qiao.base}${path}`, { headers: { authorization, accept: 'application/dicom' } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status !== 200) faults.push(`${one.sopInstanceUid}: ${answer.status}`);
      else if (digestOfFile(bytes) !== digestOfFile(one.bytes)) faults.push(`${one.sopInstanceUid}: another digest`);
    }
  };
  await Promise.all([check(), check(), check(), check()]);
  return faults;
}

async function stowOne(qiao: QiaoProcess, token: string, instance: SmallInstance): Promise<boolean> {
  const boundary = 'one';
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    instance.bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  try {
    const answer = await fetch(`${qiao.base}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body,
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    await sleep(50);
    return false;
  }
}

async function answers(qiao: QiaoProcess, victim: (typeof VICTIMS)[number]): Promise<boolean> {
  try {
    if (victim === 'gateway') return (await fetch(`${qiao.base}/health/live`)).ok;
    const sender = await DimseSender.associate(qiao.dimsePort, 'ZHAOZHUANG');
    await sender.release();
    return true;
  } catch {
    return false;
  }
}
