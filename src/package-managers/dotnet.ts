/** The dotnet command: sources in the user's or a project's NuGet file, the credential in the user's. */
import { dotnetCli, nugetFiles } from "./nuget/files.ts";
import { nugetPlan } from "./nuget/plan.ts";
import { nugetStatus } from "./nuget/status.ts";
import { nugetVerify } from "./nuget/verify.ts";
import { definePackageManager } from "./package-manager.ts";

export const dotnet = definePackageManager({
  id: "dotnet",
  title: ".NET",
  tool: "dotnet",
  ecosystem: "nuget",
  signs: ["*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx", "Directory.Packages.props", "global.json"],
  proof: "service index",
  tested: "golden files",
  symptom:
    "dotnet says `error NU1301: Unable to load the service index for source`, with `401 (Unauthorized)`.",
  scopes: ["user", "project"],
  styles: ["value", "reference"],

  files(place) {
    const { user, folders } = nugetFiles(dotnetCli, place);
    return [user, ...folders.flat()];
  },

  plan: (target, place, texts) => nugetPlan(dotnetCli, target, target.secret.reveal(), place, texts),

  status: (url, place, texts) => nugetStatus(dotnetCli, url, place, texts),

  verify: nugetVerify,
});
