/**
 * A set-up for a caller on another machine: the plans that would be carried out here, for files of which nothing is known,
 * with placeholders where the login goes. Nothing of this machine is read, written or run for it, nothing is minted, and
 * nothing of this machine is in it.
 */
import type { Context } from "../context.ts";
import type { Change } from "../disk/change.ts";
import type { Issued } from "../issued.ts";
import { isLoopback } from "../loopback.ts";
import type { PackageManager, Scope } from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import { type Job, openJob, type Part, type SetupRequest, targetOf } from "./job.ts";
import { type Plan, planAll } from "./plan.ts";
import { asTheyCallIt, type TheirMachine, theirMachines, theirTexts } from "./their-machine.ts";

/** What stands for the two halves of the login. Letters that every format, URL and shell leaves as they are. */
const placeholders = { username: "YOUR_USER", token: "YOUR_TOKEN" };

export interface SetupElsewhere {
  /** What is to stand in which file; `~`, `%APPDATA%` and `PROJECT` are the caller's. */
  changes: { path: string; snippet: string }[];
  warnings: string[];
  /** What to do, one after the other. */
  steps: string[];
}

/** @throws Problem what a set-up would be refused for; the paths in it are the caller's */
export async function setUpElsewhere(
  managers: readonly PackageManager[],
  scope: Scope,
  request: SetupRequest,
  context: Context,
): Promise<SetupElsewhere> {
  const [usual, ...others] = theirMachines(scope);
  // Their folder is not to be looked for here.
  const job = await openJob(managers, { ...usual.place, project_dir: undefined }, request, context);
  const plan = planOn(usual, job);
  const changes = plan.changes.filter(isForHand);
  const said = (text: string) => asTheyCallIt(text, usual);
  return {
    changes: changes.map(({ path, after }) => ({ path: said(path), snippet: said(filled(after ?? "")) })),
    warnings: [...plan.warnings.map(said), ...unreachable(job.parts)],
    steps: [
      mintStep(job),
      ...(changes.length > 0 ? [filesStep] : []),
      ...otherPlaces(changes, usual, others, job),
      ...[...plan.variables.values()].map(
        (variable) => `Set the variable ${variable} to the token's value where the program runs.`,
      ),
      ...job.parts.flatMap((part) => loginStep(part, job)),
      ...(await Promise.all(job.parts.map((part) => proofStep(part, job)))),
      "Started on the machine of the package manager, over stdio, fly-tokens does all of that by itself.",
    ],
  };
}

/** In place of the login while it is planned; too long to be part of another word. */
const standIn = {
  username: "the-user-of-a-token-that-does-not-exist-yet",
  token: "a-token-that-does-not-exist-yet",
};
const held: Issued = { username: standIn.username, secret: new Secret(standIn.token) };
const inOnePiece = Buffer.from(`${standIn.username}:${standIn.token}`).toString("base64");

/** @throws Problem what the managers refuse, with the caller's paths */
function planOn(machine: TheirMachine, job: Job): Plan {
  const managers = job.parts.map(({ manager }) => manager);
  try {
    return planAll({ ...job, place: machine.place }, held, theirTexts(managers, machine));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw error.told({
      sentence: asTheyCallIt(error.message, machine),
      fix: asTheyCallIt(error.fix, machine),
    });
  }
}

/** A login in one piece of base64 is for a program to write. */
function isForHand({ entries }: Change): boolean {
  return !entries.some(({ after }) => after?.includes(inOnePiece));
}

function filled(text: string): string {
  return text
    .replaceAll(standIn.username, placeholders.username)
    .replaceAll(standIn.token, placeholders.token);
}

function mintStep({ parts, request }: Job): string {
  const { permission, environment, expires, provider } = request;
  const args = {
    name: parts.map(({ manager }) => manager.id).join(", "),
    permission,
    ...(environment !== undefined && { environment }),
    ...(expires !== undefined && { expires }),
    ...(request.flyio && { flyio: request.flyio }),
    ...(provider !== undefined && { provider }),
  };
  return `Mint the token: generate_token with ${JSON.stringify(args)}. Its value and its user name are for the user, in place of ${placeholders.token} and ${placeholders.username}.`;
}

const filesStep =
  "Add the lines to their files, and keep what is in them; let nobody else read a file that holds the token (chmod 600), nor git.";

/** Where the other systems have these files. */
function otherPlaces(
  changes: readonly Change[],
  usual: TheirMachine,
  others: readonly TheirMachine[],
  job: Job,
) {
  const moved = others.flatMap((machine) => {
    const theirs = planOn(machine, job).changes.filter(isForHand);
    return changes.flatMap(({ path }, index) => {
      const [here, there] = [asTheyCallIt(path, usual), asTheyCallIt(theirs[index]?.path ?? path, machine)];
      return here === there.replaceAll("\\", "/") ? [] : [`${here} is ${there} on ${machine.title}`];
    });
  });
  return moved.length > 0 ? [`${moved.join("; ")}.`] : [];
}

function loginStep({ manager: { loginCommand }, endpoint }: Part, { registries }: Job): string[] {
  if (!loginCommand) return [];
  const bare = registries.password ? ", without the word FlyV1 before it" : "";
  return [
    `\`${loginCommand.join(" ")} ${endpoint.url} -u ${placeholders.username} --password-stdin\`, with the token${bare} on its input, not in the command.`,
  ];
}

/** The request by which a set-up is tried here, as it would be made. */
async function proofStep(part: Part, job: Job): Promise<string> {
  const refusing = async () => new Response(null, { status: 401 });
  const { request } = await part.manager.verify(targetOf(job, part, held), refusing);
  return `${part.manager.title} is set up when ${request} is answered to that login.`;
}

function unreachable(parts: readonly Part[]): string[] {
  const hosts = parts.map(({ endpoint: { url } }) => /^(?:https?:\/\/)?([^/]+)/.exec(url)?.[1] ?? url);
  return [...new Set(hosts)]
    .filter((host) => isLoopback(host.replace(/:\d+$/, "")))
    .map(
      (host) =>
        `${host} is the server's own name for itself: from your machine it leads elsewhere. Ask who runs the server for an address of the registry that others reach.`,
    );
}
