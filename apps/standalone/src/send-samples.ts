import { readFileSync } from 'node:fs';
import { sampleCt, sampleDr, sampleEcg } from '#libs/formats/samples';
import type { Settings } from '#libs/config';

/** The first day of the demo network: a few examinations of the project's own making, sent through the door like any other. */
export async function sendSamples(settings: Settings, credentialsFile: string): Promise<void> {
  const { clients } = JSON.parse(readFileSync(credentialsFile, 'utf8')) as { clients: Record<string, string> };
  const base = `http://${settings.http.host}:${settings.http.port}`;
  const token = async (client: string): Promise<string> => {
    const answer = await fetch(`${base}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:${clients[client]}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (!answer.ok) throw new Error(`no token for ${client}: ${answer.status}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  const stow = async (client: string, files: readonly { bytes: Uint8Array }[]): Promise<void> => {
    const boundary = 'qiao-samples';
    const parts = files.flatMap(({ bytes }) => [
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ]);
    const answer = await fetch(`${base}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token(client)}`,
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    });
    if (answer.status !== 200) throw new Error(`the samples were not stored: ${answer.status} ${await answer.text()}`);
  };
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  await stow(
    'pacs-zhaozhuang',
    sampleCt({
      slices: 24,
      seed: 'welcome-ct',
      patientId: 'ZZ0001',
      patientName: 'Wang^JianGuo=王^建国',
      sex: 'M',
      birthDate: '19590512',
      institution: '赵庄镇卫生院',
      studyDate: today,
      studyTime: '083000',
    }),
  );
  await stow(
    'pacs-lijia',
    sampleDr({
      seed: 'welcome-dr',
      patientId: 'LJ0007',
      patientName: 'Li^XiuYing=李^秀英',
      sex: 'F',
      birthDate: '19550308',
      institution: '李家镇卫生院',
      studyDate: today,
      studyTime: '084500',
    }),
  );
  await stow(
    'pacs-zhaozhuang',
    sampleEcg({
      seed: 'welcome-ecg',
      patientId: 'ZZ0002',
      patientName: 'Zhao^GuiLan=赵^桂兰',
      sex: 'F',
      birthDate: '19620917',
      institution: '赵庄镇卫生院',
      studyDate: today,
      studyTime: '090000',
    }),
  );
}
