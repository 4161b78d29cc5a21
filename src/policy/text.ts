/** JSON as operators write it: with comments, and without a member that a second one of the same name would undo. */

const token = /"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}:]|[^"/{}:]+|./g;

/** @throws SyntaxError that says what is wrong, and in which line */
export function parseText(text: string): unknown {
  const plain = withoutComments(text);
  try {
    return JSON.parse(plain);
  } catch (error) {
    const [, at] = /position (\d+)/.exec(String(error)) ?? [];
    throw new SyntaxError(
      `it is not JSON${at === undefined ? "" : `, from line ${lineAt(text, Number(at))} on`}`,
    );
  }
}

/** Comments become spaces, so that positions stay what they were. */
function withoutComments(text: string): string {
  // One for each object that is open: of the members that it has so far.
  const open: Set<string>[] = [];
  let last = "";
  let at = 0;
  return text.replace(/^\uFEFF/, " ").replace(token, (part) => {
    at += part.length;
    if (/^\/[/*]/.test(part)) return part.replace(/[^\n]/g, " ");
    if (part === "{") open.push(new Set());
    if (part === "}") open.pop();
    if (part === ":") refuseTwice(last, open.at(-1), lineAt(text, at));
    if (part.trim() !== "") last = part;
    return part;
  });
}

function refuseTwice(name: string, members: Set<string> | undefined, line: number): void {
  const plain = nameIn(name);
  // JavaScript has its own idea of that one.
  if (members?.has(plain) || plain === "__proto__")
    throw new SyntaxError(
      `line ${line} has a member that cannot stand there, or stands there already: ${name}`,
    );
  members?.add(plain);
}

/** Of what is no string at all JSON.parse will complain. */
function nameIn(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
