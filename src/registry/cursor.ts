/** Where a page ended, as an opaque text: the values of the columns that the rows are ordered by. */
import { Refusal } from "./caller.ts";

type Position = (string | number)[];

/** @param order names the order of the rows, so that the cursor fits no other */
export function encodeCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([order, ...position])).toString("base64url");
}

/**
 * @param shape the type of each value that is expected
 * @throws Refusal 400 for anything that `encodeCursor` did not make for this order
 */
export function decodeCursor(
  cursor: string,
  order: string,
  shape: readonly ("string" | "number")[],
): Position {
  const [found, ...position] = listIn(Buffer.from(cursor, "base64url").toString());
  const fits =
    found === order &&
    position.length === shape.length &&
    position.every((value, index) =>
      shape[index] === "number" ? Number.isSafeInteger(value) : typeof value === "string",
    );
  if (!fits) throw new Refusal(400, "invalid", "`cursor` is not the `next_cursor` of a page in this order.");
  return position as Position;
}

function listIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
