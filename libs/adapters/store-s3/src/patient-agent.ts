import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';

/** A server that takes the connection and then says nothing must not hold a request for ever: its socket fails with ETIMEDOUT. */
function failWhenSilent(socket: Socket, silenceMs: number): void {
  socket.setTimeout(silenceMs);
  socket.on('timeout', () => {
    socket.destroy(Object.assign(new Error(`timed out after ${silenceMs} ms of silence`), { code: 'ETIMEDOUT' }));
  });
}

/** Keep-alive connections that end after so much silence in the middle of a request. */
export function patientAgent(secure: boolean, silenceMs: number): HttpAgent {
  const options: AgentOptions = { keepAlive: true, timeout: silenceMs };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (details, done) => {
    const socket = connect(details, done);
    if (socket) failWhenSilent(socket as Socket, silenceMs);
    return socket;
  };
  return agent;
}
