/** `fly-tokens http` under more than it can take, with clients that are slow, and at its end. */
import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { authorization, get, send, serve } from "./http-server.ts";
import { openMachine } from "./machine.ts";

const many = 1_000;
const status = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "list_tokens", arguments: {} },
});

async function memory(url: string): Promise<number> {
  const { body } = await get(url, "/metrics", { authorization });
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(body)?.[1]) / 2 ** 20;
}

// Beside the next one, which waits for half a minute.
test.concurrent("1,000 connections at once are each served or refused, and memory comes to rest", async () => {
  await using machine = await openMachine();
  // Without a bound, Node lets its heap grow before it looks for what can go: what grows would be no sign of anything.
  const { program, url } = await serve(machine, { NODE_OPTIONS: "--max-old-space-size=64" });
  await send(url, { authorization }, { body: status });
  const sizes: number[] = [await memory(url)];
  const statuses: Record<number, number> = {};
  for (let round = 0; round < 6; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: many }, () => send(url, { authorization }, { body: status })),
    );
    for (const answer of answers) {
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      expect([200, 503]).toContain(answer.status);
      if (answer.status === 200) expect(answer.body).toContain('"result"');
      else expect(answer.headers["retry-after"]).toBe("1");
    }
    sizes.push(await memory(url));
  }
  process.stdout.write(
    `  ${many} connections, six times: ${JSON.stringify(statuses)}; MiB ${sizes.map(Math.round).join(" ")}\n`,
  );
  expect(statuses[200]).toBeGreaterThan(0);
  // The first round makes room; what comes after must not need more and more of it.
  expect(sizes.at(-1)).toBeLessThan((sizes[1] ?? 0) + 50);
  expect((await send(url, { authorization })).status).toBe(200);
  program.child.kill("SIGTERM");
  expect(await program.ended).toBe(0);
});

test.concurrent("clients that send slowly or too much are cut, while others are served", async () => {
  await using machine = await openMachine();
  const { url } = await serve(machine);
  const { host } = new URL(url);
  const head = `POST /mcp HTTP/1.1\r\nHost: ${host}\r\n`;
  const slow = [
    head,
    `${head}Content-Type: application/json\r\nAuthorization: ${authorization}\r\nContent-Length: 99\r\n\r\n{`,
  ].map(async (beginning, index) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.on("error", () => {}).write(beginning);
    // A byte now and then, so that it never is idle.
    const drip = setInterval(() => socket.write(index === 0 ? "X" : " "), 1_000);
    await once(socket, "close");
    clearInterval(drip);
    return text.split("\r\n")[0];
  });
  const long = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { x: "x".repeat(2 ** 20) } });
  expect((await send(url, { authorization }, { body: long })).status).toBe(413);
  expect((await send(url, { authorization, "x-long": "x".repeat(20_000) })).status).toBe(431);
  expect((await send(url, { authorization })).status).toBe(200);
  for (const line of await Promise.all(slow)) expect(line).toBe("HTTP/1.1 408 Request Timeout");
  expect((await send(url, { authorization })).status).toBe(200);
});

test("ends under load without losing a request: a balancer that looks at /healthz sees nothing of it", async () => {
  await using machine = await openMachine();
  const { program, url } = await serve(machine, {}, ["--drain", "2"]);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let isHealthy = true;
  let answered = 0;
  const worker = async () => {
    while (isHealthy) {
      const answer = await send(url, { authorization }, { body: status, agent });
      expect(answer.status).toBe(200);
      answered += 1;
    }
  };
  const looking = (async () => {
    while (isHealthy) {
      isHealthy = (await get(url, "/healthz")).status === 200;
      await new Promise((go) => setTimeout(go, 50));
    }
  })();
  const workers = [1, 2, 3, 4].map(worker);
  while (answered < 20) await new Promise((go) => setTimeout(go, 10));
  program.child.kill("SIGTERM");
  await Promise.all([looking, ...workers]);
  agent.destroy();
  expect(await program.ended).toBe(0);
  expect(program.stderr()).not.toMatch(/"level":"error"/);
});

test("ends at once at the second signal", async () => {
  await using machine = await openMachine();
  const { program, url } = await serve(machine, {}, ["--drain", "600"]);
  program.child.kill("SIGTERM");
  while ((await get(url, "/healthz")).status !== 503) await new Promise((go) => setTimeout(go, 10));
  program.child.kill("SIGTERM");
  expect(await program.ended).toBe("SIGTERM");
});
