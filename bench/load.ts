/**
 * A load generator in a process of its own: keeps connections busy with one request until it is ended, and prints how
 * many answers it has had so far at each line of its input. Sockets alone: a real HTTP client costs more than the
 * servers that are measured. Arguments: port, connections, the request as a whole in base64.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [port, connections, request = ""] = process.argv.slice(2);
const bytes = Buffer.from(request, "base64");
let answers = 0;

/** All answers to one request have the same length. */
let answerLength = 0;

function keepBusy(): void {
  const socket = connect(Number(port), "127.0.0.1").setNoDelay(true);
  let received = 0;
  socket.on("connect", () => socket.write(bytes));
  socket.on("data", (chunk) => {
    answerLength ||= lengthOf(chunk);
    received += chunk.length;
    if (received < answerLength) return;
    if (received > answerLength) throw new Error("An answer of another length.");
    received = 0;
    answers++;
    socket.write(bytes);
  });
}

/** @throws for anything but a success */
function lengthOf(chunk: Buffer): number {
  const [head = ""] = chunk.toString("latin1").split("\r\n\r\n");
  const body = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200 ") || body === undefined) throw new Error(head);
  return head.length + 4 + Number(body);
}

for (let n = 0; n < Number(connections); n++) keepBusy();
createInterface({ input: process.stdin })
  .on("line", () => process.stdout.write(`${answers}\n`))
  .on("close", () => process.exit());

// A generator that sleeps would make each answer pay for waking it, and the slower server more often.
function stayAwake(): void {
  setImmediate(stayAwake);
}
stayAwake();
