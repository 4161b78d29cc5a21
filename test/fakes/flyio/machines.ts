/** The Machines API's resources: enough to see what a token really may do. Every request is decided by its own access. */
import { accessTo, type OrganizationAccess } from "./access.ts";
import { type Answer, failure, json } from "./answer.ts";
import { may } from "./caller.ts";
import type { Incoming } from "./request.ts";
import { type App, addMachine, type Machine } from "./world.ts";

export function showApp(request: Incoming): Answer {
  return onApp(request, "r", (app) =>
    json({ id: app.name, name: app.name, organization: { slug: app.organization.slug }, status: "deployed" }),
  );
}

export function listMachines(request: Incoming): Answer {
  return onApp(request, "r", (app) => json(app.machines));
}

/** A machine that does not exist yet has no id to be allowed by, so the app is what is accessed. */
export function createMachine(request: Incoming): Answer {
  return onApp(request, "c", (app) => json(addMachine(request.world, app)));
}

export function deleteMachine(request: Incoming): Answer {
  return onMachine(request, "d", {}, (app, machine) => {
    app.machines = app.machines.filter((one) => one !== machine);
    return json({ ok: true });
  });
}

/**
 * Which action the product asks for here is not known. Control, as for a signal: something is done to what runs, and
 * nothing about the machine is changed. Whoever may only read may not, and that is what matters.
 */
export function execute(request: Incoming): Answer {
  const { command } = request.body;
  if (!Array.isArray(command) || command.some((part) => typeof part !== "string"))
    return failure(400, "command must be a list of strings");
  return onMachine(request, "C", { command }, () =>
    json({ exit_code: 0, stdout: `${command.join(" ")}\n`, stderr: "" }),
  );
}

function onApp(request: Incoming, action: string, act: (app: App) => Answer): Answer {
  const app = appOf(request);
  return app ? permitted(request, accessTo(app.organization, action, app), () => act(app)) : noApp(request);
}

function onMachine(
  request: Incoming,
  action: string,
  extra: Partial<OrganizationAccess>,
  act: (app: App, machine: Machine) => Answer,
): Answer {
  const app = appOf(request);
  if (!app) return noApp(request);
  const machine = app.machines.find(({ id }) => id === request.path.machine);
  const access = {
    ...accessTo(app.organization, action, app),
    machine: request.path.machine ?? "",
    ...extra,
  };
  return permitted(request, access, () => (machine ? act(app, machine) : failure(404, "machine not found")));
}

function permitted(request: Incoming, access: OrganizationAccess, act: () => Answer): Answer {
  if (request.caller.kind === "nobody") return stranger();
  const { allowed, because } = may(request.world, request.caller, access);
  return allowed ? act() : failure(403, `unauthorized: ${because.join("; ")}`);
}

function appOf({ world, path }: Incoming): App | undefined {
  return world.apps.find(({ name }) => name === path.app);
}

function noApp({ caller }: Incoming): Answer {
  return caller.kind === "nobody" ? stranger() : failure(404, "app not found");
}

function stranger(): Answer {
  return failure(401, "Authenticate: token validation error");
}
