// The main job against the running server, over the protocols that hospitals use; a step a line. Without a folder it sends
// examinations made by the project's own generators, with one the DICOM and aECG files found there.
import { randomInt, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sampleAecg, sampleCt } from '#libs/formats/samples';
import { askRecognition, print, pullByFhir, readAndSign, say } from './follow-read.mjs';
import { base, credentialsFile, demand, DemoStop, logIn, readCredentials, token } from './hospital-client.mjs';
import { headerOf, lookThrough, offerEcg, sendDicom, sendEcg } from './send-files.mjs';

/** A made-up ID-card number with a right check digit; no place has the area code 990000, so it is nobody's. */
function madeUpIdCard(birthDate) {
  const body = `990000${birthDate}${String(randomInt(1000)).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[weights.reduce((sum, weight, at) => sum + weight * Number(body[at]), 0) % 11];
}

/** Ten minutes ago, in China Standard Time, as DICOM writes it. */
function examinedJustNow() {
  const digits = new Date(Date.now() + 8 * 3_600_000 - 600_000).toISOString().replaceAll(/\D/g, '');
  return { studyDate: digits.slice(0, 8), studyTime: digits.slice(8, 14) };
}

async function sendSamples(credentials) {
  const run = randomUUID();
  const number = run.slice(0, 8).toUpperCase();
  const when = examinedJustNow();
  const zhao = await logIn(credentials, 'zhao');
  const his = await token(credentials, 'his-zhaozhuang');

  const ct = { number: `CT${number}`, name: '王建国', sex: 'M', birthDate: '1959-05-12' };
  const ctCard = madeUpIdCard('19590512');
  const order = (patient, item, idCard, accessionNumber, clinicalInformation, priority) => ({
    patient,
    idCard,
    item,
    accessionNumber,
    clinicalInformation,
    priority,
  });
  await demand(
    zhao.who,
    'POST',
    '/api/requests',
    order(ct, 'CT-CHEST', ctCard, `C${number}`, '咳嗽两周，吸烟史', 'urgent'),
  );
  say(`${zhao.name}申请 · zhao orders a chest CT for ${ct.name} (${ct.number}, ${ctCard})`);
  const slices = sampleCt({
    slices: 16,
    seed: run,
    patientId: ct.number,
    patientName: 'Wang^JianGuo=王^建国',
    sex: ct.sex,
    birthDate: '19590512',
    accessionNumber: `C${number}`,
    institution: '赵庄镇卫生院',
    ...when,
  });
  say(`上传影像 · ${await sendDicom(credentials, slices)}`);
  const { studyInstanceUid } = headerOf(slices[0].bytes);
  const chest = await readAndSign(credentials, {
    author: 'sun',
    reviewer: 'qian',
    wanted: { studyInstanceUid, search: ct.number },
    findings: '演示：模体胸部CT平扫。双肺纹理清晰，一侧肺内见一类圆形软组织密度结节。',
    impression: '演示报告：肺内结节，建议随访。',
  });
  await pullByFhir(credentials, chest.reportId);
  await askRecognition(credentials, ctCard, 'CT-CHEST');

  const ecg = { number: `XD${number}`, name: '赵桂兰', sex: 'F', birthDate: '1962-09-17' };
  await demand(
    his,
    'POST',
    '/api/requests',
    order(ecg, 'ECG-12', madeUpIdCard('19620917'), `E${number}`, '心悸', 'emergency'),
  );
  say(`his-zhaozhuang 申请 · orders a 12-lead ECG for ${ecg.name} (${ecg.number})`);
  const [recording] = sampleAecg({
    seed: run,
    patientId: ecg.number,
    patientName: 'Zhao^GuiLan=赵^桂兰',
    sex: ecg.sex,
    birthDate: '19620917',
    institution: '赵庄镇卫生院',
    ...when,
  });
  const receipt = await sendEcg(zhao.who, recording.bytes, { accessionNumber: `E${number}` });
  say(`上传心电图 · zhao uploads an HL7 aECG file: ${receipt.outcome}`);
  const heart = await readAndSign(credentials, {
    author: 'zhou',
    reviewer: 'wu',
    wanted: { studyInstanceUid: receipt.studyInstanceUid, search: ecg.number },
    findings: '演示：窦性心律，各导联波形由程序生成。',
    impression: '演示报告：大致正常心电图。',
  });
  return [chest.reportId, heart.reportId];
}

async function sendFolder(credentials, folder) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new DemoStop(`there is no folder ${folder}`);
  const { dicom, aecg, others } = lookThrough(folder);
  if (dicom.length + aecg.length === 0) throw new DemoStop(`no DICOM and no aECG file under ${folder}`);
  const studies = new Set(dicom.map((file) => file.studyInstanceUid));
  say(`${folder}: DICOM ${dicom.length} (${studies.size} 检查 studies), aECG ${aecg.length}, 其他 left out ${others}`);
  const wanted = [];
  if (dicom.length > 0) {
    say(`上传影像 · ${await sendDicom(credentials, dicom)}`);
    // An SR or a document alone opens no read: the first study with something to look at is the one that is read.
    const first = dicom.find((file) => file.isImage || file.modality === 'ECG') ?? dicom[0];
    wanted.push({ studyInstanceUid: first.studyInstanceUid, isEcg: first.modality === 'ECG' && !first.isImage });
  }
  if (aecg.length > 0) {
    const zhao = await logIn(credentials, 'zhao');
    const receipts = [];
    for (const { bytes } of aecg) receipts.push(await offerEcg(zhao.who, bytes));
    say(`上传心电图 · zhao uploads ${aecg.length} HL7 aECG: ${receipts.map(({ outcome }) => outcome).join(', ')}`);
    const taken = receipts.find((receipt) => receipt.studyInstanceUid);
    if (taken) wanted.push({ studyInstanceUid: taken.studyInstanceUid, isEcg: true });
  }
  const reports = [];
  for (const { studyInstanceUid, isEcg } of wanted) {
    const { reportId } = await readAndSign(credentials, {
      ...(isEcg ? { author: 'zhou', reviewer: 'wu' } : { author: 'sun', reviewer: 'qian' }),
      wanted: { studyInstanceUid },
      findings: '演示：此处为检查所见。',
      impression: '演示报告，不作诊断依据。',
    });
    await pullByFhir(credentials, reportId);
    reports.push(reportId);
  }
  return reports;
}

try {
  await demand({}, 'GET', '/health/live');
  const credentials = readCredentials();
  const [given] = process.argv.slice(2);
  print(`Qiao 桥 demo → ${base}`);
  // npm runs scripts from the project's folder; INIT_CWD is where the person stood.
  const reports = given
    ? await sendFolder(credentials, resolve(process.env.INIT_CWD ?? process.cwd(), given))
    : await sendSamples(credentials);
  print('\n已签发报告 · signed reports (log in as zhao, sun or zhou; passwords in the accounts file):');
  for (const id of reports) print(`  ${base}/results/${id}`);
  print(`  ${credentialsFile}`);
} catch (error) {
  if (!(error instanceof DemoStop)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}
