/** How a server of ours ends: it accepts nothing more, lets what is running finish, and cuts what takes too long. */
import type { Server } from "node:http";

/**
 * Connections that are kept alive close as soon as they have nothing to do.
 * @param patience milliseconds for what is running
 * @param impatient told when they are over, a moment before connections are cut
 */
export function stopServer(
  server: Server,
  patience: number,
  impatient: () => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => {
      impatient();
      setTimeout(() => server.closeAllConnections(), 500).unref();
    }, patience);
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(end);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
