/** NuGet.exe, which mono runs on Linux and macOS. It reads a file of its own there, other than dotnet's. */

import { Problem } from "../problem.ts";
import { nugetExe, nugetFiles } from "./nuget/files.ts";
import { nugetPlan } from "./nuget/plan.ts";
import { nugetStatus } from "./nuget/status.ts";
import { nugetVerify } from "./nuget/verify.ts";
import type { Place } from "./package-manager.ts";
import { definePackageManager } from "./package-manager.ts";

export const nuget = definePackageManager({
  id: "nuget",
  title: "NuGet",
  tool: "nuget",
  ecosystem: "nuget",
  signs: ["packages.config", "*.nuspec"],
  proof: "service index",
  tested: "NuGet 2.8 (mono)",
  symptom: "nuget asks for a user name and a password, or says `401 (Unauthorized)`.",
  scopes: ["user"],
  styles: ["value"],

  files: (place) => {
    const { user, folders } = nugetFiles(nugetExe, userOnly(place));
    return [user, ...folders.flat()];
  },

  plan: (target, place, texts) =>
    nugetPlan(nugetExe, { ...target, style: "value" }, target.secret.reveal(), userOnly(place), texts),

  status: (url, place, texts) => nugetStatus(nugetExe, url, userOnly(place), texts),

  verify: nugetVerify,
});

/** @throws Problem `unsupported` */
function userOnly(place: Place): Place {
  if (place.scope === "user") return place;
  throw new Problem(
    "unsupported",
    "nuget is set up for the user alone.",
    'Use scope "user", or the manager "dotnet" for the sources of a project.',
    { allowed: ["user"] },
  );
}
