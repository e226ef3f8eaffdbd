/**
 * Sends mails with nodemailer as it is, over its pool, and prints how long that took:
 * `node bench/bareMail.ts '{"port":…,"connections":…,"count":…}'`. The texts are those that Herald sends.
 */
import { createTransport } from 'nodemailer';
import { htmlOf, textOf } from '../src/mail/index.ts';
import { modelOf } from './mailModel.ts';

interface Plan {
  port: number;
  connections: number;
  count: number;
}

const { port, connections, count } = JSON.parse(process.argv[2] ?? '{}') as Plan;
const transport = createTransport({
  pool: true,
  host: '127.0.0.1',
  port,
  ignoreTLS: true,
  maxConnections: connections,
  maxMessages: 100,
});
const model = modelOf(0);
const [text, html] = [textOf(model), htmlOf(model)];
let next = 0;

/** As many at once as keep the pool busy. */
async function send(): Promise<void> {
  while (next < count) {
    const n = next++;
    await transport.sendMail({
      from: 'Herald <herald@msp.example>',
      to: `r${n}@msp.example`,
      subject: `${n} ${model.title}`,
      text,
      html,
    });
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: connections * 5 }, send));
console.log(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000 }));
transport.close();
