/**
 * A load generator in a process of its own. Its input: first a line of JSON with the ports, the connections, the request as
 * a whole, and whether it is to stay awake; then `go`, `count` and `stop`. It keeps each connection busy with that request
 * between `go` and `stop`, and answers the other two with how many answers it has had; that to `stop` comes when no request
 * is on its way any more. Sockets alone: a real HTTP client costs more than the servers that are measured.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";

interface Order {
  ports: readonly number[];
  connections: number;
  request: string;
  awake: boolean;
}

let answers = 0;
let underWay = 0;
let isGoing = false;
let onIdle = () => {};

/** All answers to one request have the same length, or all come in chunks: then it is infinite. */
let answerLength = 0;
const lastChunk = "0\r\n\r\n";

/** @returns what begins its next request */
function open(port: number, bytes: Buffer): () => void {
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  let received = 0;
  let end = "";
  const ask = () => {
    underWay++;
    socket.write(bytes);
  };
  socket.on("data", (chunk) => {
    answerLength ||= lengthOf(chunk);
    received += chunk.length;
    end = (end + chunk.toString("latin1", Math.max(0, chunk.length - lastChunk.length))).slice(
      -lastChunk.length,
    );
    if (answerLength === Number.POSITIVE_INFINITY ? end !== lastChunk : received < answerLength) return;
    if (received > answerLength) throw new Error("An answer of another length.");
    received = 0;
    end = "";
    answers++;
    underWay--;
    if (isGoing) ask();
    else if (underWay === 0) onIdle();
  });
  return ask;
}

/** @throws for anything but a success */
function lengthOf(chunk: Buffer): number {
  const [head = ""] = chunk.toString("latin1").split("\r\n\r\n");
  const body = /^content-length: (\d+)$/im.exec(head)?.[1];
  const isChunked = /^transfer-encoding: chunked$/im.test(head);
  if (!head.startsWith("HTTP/1.1 200 ") || (body === undefined && !isChunked)) throw new Error(head);
  if (isChunked) return Number.POSITIVE_INFINITY;
  return head.length + 4 + Number(body);
}

// A generator that sleeps would make each answer pay for waking it, and the slower server more often.
function stayAwake(): void {
  if (isGoing) setImmediate(stayAwake);
}

const tell = () => process.stdout.write(`${answers}\n`);
const lines = createInterface({ input: process.stdin });
let connections: (() => void)[] = [];
let order: Order | undefined;
lines.on("close", () => process.exit());
lines.on("line", (line) => {
  if (order === undefined) {
    order = JSON.parse(line) as Order;
    const { ports, request } = order;
    const bytes = Buffer.from(request);
    connections = Array.from({ length: order.connections }, (_, n) =>
      open(ports[n % ports.length] ?? 0, bytes),
    );
  } else if (line === "go") {
    isGoing = true;
    for (const ask of connections) ask();
    if (order.awake) stayAwake();
  } else if (line === "count") tell();
  else if (line === "stop") {
    isGoing = false;
    onIdle = tell;
    if (underWay === 0) tell();
  }
});
