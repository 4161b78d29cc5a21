/** A server on loopback that trusts nobody to be quick. */
import { createServer, type Server } from "node:http";
import { Problem } from "../../problem.ts";

/** Milliseconds in which a connection has to send its one request and to take the answer. */
const connectionTime = 30_000;

/** @returns a server at a port that was free @throws Problem `unsupported` where nothing may listen */
export async function listen(host = "127.0.0.1"): Promise<Server> {
  const server = createServer({ maxHeaderSize: 8_192 });
  server.maxConnections = 100;
  server.on("connection", (socket) => {
    const limit = setTimeout(() => socket.destroy(), connectionTime);
    socket.once("close", () => clearTimeout(limit));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(noPlace(cause)));
    server.listen(0, host, resolve);
  });
  return server;
}

function noPlace(cause: NodeJS.ErrnoException): Problem {
  return new Problem(
    "unsupported",
    `No page can be opened on this machine (${cause.code}).`,
    "Call again with another deliver_to.",
    { cause },
  );
}
