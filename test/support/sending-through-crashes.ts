import { setTimeout as sleep } from 'node:timers/promises';
import { DimseSender } from './dimse-sender.js';
import { productDatabase } from './product-database.js';
import { PersistentSenders, type Sent } from './persistent-senders.js';
import { eventually, type QiaoProcess } from './qiao-process.js';
import { digestOfFile } from './small-instances.js';

const VICTIMS = ['gateway', 'listener'] as const;

export interface Crashed extends Sent {
  kills: Record<string, number>;
  interrupted: number;
}

/**
 * Sends by STOW, C-STORE and tus while it kills the receiving servers with SIGKILL `kills` times at random moments. `finale` runs behind
 * that, with the senders still sending.
 */
export async function sendThroughCrashes(
  qiao: QiaoProcess,
  label: string,
  kills: number,
  finale: () => Promise<void> = async () => undefined,
): Promise<Crashed> {
  const killed: Record<string, number> = { gateway: 0, listener: 0 };
  const senders = await PersistentSenders.start(qiao, label, { uploads: true });
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = VICTIMS[kill % 2]!;
    const pid = await eventually(`the ${victim} to be there`, async () => (await qiao.children())[victim]);
    await eventually(`the ${victim} to answer`, () => answers(qiao, victim));
    // Long enough for work to be under way, at no moment in particular.
    await sleep(50 + Math.random() * 1200);
    process.kill(pid, 'SIGKILL');
    killed[victim]! += 1;
    await eventually(`the ${victim} to be gone`, async () => (await qiao.children())[victim] !== pid);
  }
  await finale();
  const sent = await senders.stop();
  return { ...sent, kills: killed, interrupted: senders.interrupted };
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
  // What is stored and was never acknowledged may be named by no row (3), and is collected one day; damage is 1.
  const verified = await qiao.storekeeper('verify-store', '--grace-minutes', '0');
  if (![0, 3].includes(verified.status)) faults.push(`verify-store: ${verified.output.slice(0, 2000)}`);
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
