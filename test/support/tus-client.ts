/** The client's side of tus 1.0 in plain requests, so that each step can be taken, left out or broken off. */
export class TusClient {
  constructor(
    private readonly base: string,
    private readonly authorization: string,
  ) {}

  private headers(more: Record<string, string>): Record<string, string> {
    return { authorization: this.authorization, 'tus-resumable': '1.0.0', ...more };
  }

  /** Creation, with the first bytes when there are some. @returns the address of the upload */
  async create(length: number, metadata: Record<string, string>, first?: Uint8Array): Promise<string> {
    const answer = await fetch(`${this.base}/api/uploads`, {
      method: 'POST',
      headers: this.headers({
        'upload-length': String(length),
        'upload-metadata': Object.entries(metadata)
          .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
          .join(','),
        ...(first ? { 'content-type': 'application/offset+octet-stream' } : {}),
      }),
      ...(first ? { body: Buffer.from(first) } : {}),
    });
    if (answer.status !== 201) throw new Error(`upload not created: ${answer.status} ${await answer.text()}`);
    return new URL(answer.headers.get('location')!, `${this.base}/api/uploads`).pathname;
  }

  async offset(path: string): Promise<number> {
    const answer = await fetch(`${this.base}${path}`, { method: 'HEAD', headers: this.headers({}) });
    if (answer.status !== 200) throw new Error(`no such upload: ${answer.status}`);
    return Number(answer.headers.get('upload-offset'));
  }

  /** @returns the status; 204 is success */
  async patch(path: string, offset: number, bytes: Uint8Array): Promise<number> {
    const answer = await fetch(`${this.base}${path}`, {
      method: 'PATCH',
      headers: this.headers({ 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }),
      body: Buffer.from(bytes),
    });
    return answer.status;
  }

  /** A whole file in one request. */
  async upload(bytes: Uint8Array, metadata: Record<string, string>): Promise<void> {
    await this.create(bytes.length, metadata, bytes);
  }
}
