// What happens to an examination once it is sent: read, signed, checked, pulled by the HIS, proposed to the next one who orders.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, demand, DemoStop, env, logIn, token } from './hospital-client.mjs';

/** One line on the terminal. */
export function print(line) {
  process.stdout.write(`${line}\n`);
}

let step = 0;
/** The next step of the demo. */
export function say(line) {
  step += 1;
  print(`${String(step).padStart(2)}  ${line}`);
}

async function findRead(reader, { studyInstanceUid, search = '' }) {
  for (let cursor = ''; ;) {
    const query = new URLSearchParams({ limit: '200', ...(search && { search }), ...(cursor && { cursor }) });
    const { items, next } = (await demand(reader.who, 'GET', `/api/worklist?${query}`)).json;
    const found = items.find((row) => row.studyInstanceUid === studyInstanceUid);
    if (found || next === null) return found;
    cursor = next;
  }
}

async function waitForRead(reader, wanted) {
  const settle = Number(env('QIAO_SETTLE_SECONDS', '20'));
  for (const end = Date.now() + (settle + 60) * 1000; Date.now() < end; await sleep(500)) {
    const row = await findRead(reader, wanted);
    if (row) return row;
  }
  throw new DemoStop(`no read was opened for study ${wanted.studyInstanceUid} within ${settle + 60} s`);
}

/** From the opened read to the signed report. @returns the report's id */
export async function readAndSign(credentials, { author, reviewer, wanted, findings, impression }) {
  const [writes, signs] = await Promise.all([logIn(credentials, author), logIn(credentials, reviewer)]);
  const row = await waitForRead(writes, wanted);
  const target = row.dueAt
    ? `, 限时 due ${new Date(row.dueAt).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai' })}`
    : '';
  say(
    `到达阅片列表 · read opened: ${row.item?.name ?? row.modality ?? row.kind} ${row.priority}, ${row.instances} 份 instances${target}`,
  );
  if (row.report) {
    say('此检查已有报告 · this examination has its signed report already');
    return { row, reportId: row.report.id };
  }
  const path = `/api/reads/${row.id}`;
  await demand(writes.who, 'POST', `${path}/claim`, {});
  const { json: saved } = await demand(writes.who, 'PUT', `${path}/report`, { findings, impression, version: 0 });
  say(`${writes.name}领取并书写 · ${author} claimed the read and wrote a draft (version ${saved.version})`);
  await demand(writes.who, 'POST', `${path}/submit`, { password: writes.password });
  say(`${writes.name}提交并签名 · ${author} submitted it, signed with an own key`);
  await demand(signs.who, 'POST', `${path}/review`, {});
  const { json: signed } = await demand(signs.who, 'POST', `${path}/sign`, { password: signs.password });
  say(`${signs.name}审核签发 · ${reviewer} reviewed and signed: report ${signed.reportId}`);

  const report = `/api/reports/${signed.reportId}`;
  const { json: verdict } = await demand(signs.who, 'GET', `${report}/verify`);
  const checks = ['pdf', 'author', 'reviewer', 'content']
    .map((name) => `${name} ${verdict[name] ? 'ok' : 'NOT OK'}`)
    .join(', ');
  say(
    `验签 · verify: ${verdict.verdict} (${checks})${verdict.testCa ? '; 测试证书 signed under the test CA, no standing in law' : ''}`,
  );
  const { bytes } = await demand(signs.who, 'GET', `${report}/pdf`);
  if (bytes.toString('latin1', 0, 5) !== '%PDF-') throw new DemoStop('the report came, but it is no PDF');
  say(`签名PDF · signed PDF: ${(bytes.length / 1024).toFixed(0)} kB`);
  return { row, reportId: signed.reportId };
}

/** The HIS that ordered sees the report; a neighbour, whose patient it is not, sees nothing. */
export async function pullByFhir(credentials, reportId) {
  const [own, other] = await Promise.all([token(credentials, 'his-zhaozhuang'), token(credentials, 'his-lijia')]);
  const path = '/fhir/R4/DiagnosticReport';
  const { json: bundle } = await demand(own, 'GET', `${path}?_id=${reportId}`);
  const resource = bundle.entry?.find((entry) => entry.resource.id === reportId)?.resource;
  if (!resource) throw new DemoStop('his-zhaozhuang does not find the report by FHIR');
  say(`FHIR: his-zhaozhuang 取得 gets DiagnosticReport ${resource.status}「${resource.conclusion ?? ''}」`);
  const { json: nothing } = await demand(other, 'GET', `${path}?_id=${reportId}`);
  const { status } = await ask(other, 'GET', `${path}/${reportId}`);
  const found = nothing.entry?.filter((entry) => entry.resource.resourceType === 'DiagnosticReport').length ?? 0;
  if (found > 0 || status !== 404)
    throw new DemoStop(`his-lijia sees a report of another organisation (${found} found, status ${status})`);
  say(`FHIR: his-lijia 看不到 sees nothing of it (0 found, ${status})`);
}

export async function askRecognition(credentials, idCard, item) {
  const lijia = await token(credentials, 'his-lijia');
  const { json } = await demand(lijia, 'POST', '/cds-services/mutual-recognition', {
    hook: 'order-sign',
    hookInstance: randomUUID(),
    context: {
      userId: 'Practitioner/demo',
      patientId: 'demo',
      draftOrders: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            resource: {
              resourceType: 'ServiceRequest',
              id: 'draft-1',
              status: 'draft',
              intent: 'order',
              subject: { reference: 'Patient/demo' },
              code: { coding: [{ system: 'urn:qiao:item', code: item }] },
            },
          },
        ],
      },
    },
    prefetch: {
      patient: { resourceType: 'Patient', id: 'demo', identifier: [{ system: 'urn:qiao:id-card', value: idCard }] },
    },
  });
  if (json.cards.length === 0) throw new DemoStop(`no card for ${item}: the signed report should have been proposed`);
  say(`互认提示 · CDS Hooks, his-lijia orders ${item} again: ${json.cards[0].summary}`);
}
