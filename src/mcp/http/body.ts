/** A request's body, read up to a limit; and an answer's, of which every line passes the one door. */

/** @returns `undefined` when it is longer @throws when the client goes away */
export async function readBody(request: Request, most: number): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > most) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > most) {
      void reader?.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export interface Passing {
  clean: (line: string) => string;
  /** What is still to be said at the end. */
  last?: () => string;
  /** Told once, however it ends. */
  ended: () => void;
  report: (error: unknown) => void;
}

/** A JSON text or a stream of events, line by line. It never fails: the adaptor would print the error, and send it. */
export function passed(
  body: ReadableStream<Uint8Array> | null,
  passing: Passing,
): ReadableStream<Uint8Array> | null {
  if (!body) {
    passing.ended();
    return null;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
  let gone = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const end = (words: string) => {
        if (words) controller.enqueue(encoder.encode(words));
        controller.close();
        passing.ended();
      };
      try {
        for (;;) {
          const { done, value } = await reader.read();
          // Nobody is left to be told, and it is no fault of ours.
          if (gone) return;
          if (done) {
            const words = rest + decoder.decode();
            return end((words && passing.clean(words)) + (passing.last?.() ?? ""));
          }
          const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
          rest = lines.pop() ?? "";
          if (lines.length === 0) continue;
          controller.enqueue(encoder.encode(lines.map((line) => `${passing.clean(line)}\n`).join("")));
          return;
        }
      } catch (error) {
        if (gone) return;
        passing.report(error);
        end("");
      }
    },
    async cancel(reason) {
      gone = true;
      passing.ended();
      await reader.cancel(reason).catch(() => {});
    },
  });
}
