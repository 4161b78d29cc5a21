/** go: the registry as the first module proxy, and the token in netrc, which go sends over https alone. */

import type { Texts } from "../disk/change.ts";
import { env as format } from "../formats/env.ts";
import { isLoopback } from "../loopback.ts";
import { Problem } from "../problem.ts";
import { probeWithBasic } from "./basic-probe.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  effective,
  fileSetting,
  goFile,
  isProxy,
  type ModuleProxy,
  proxiesIn,
  proxyList,
} from "./go/config.ts";
import { bypasses, goStatus, machineOf } from "./go/status.ts";
import { inPlaceOf, parseRegistryUrl, withoutCredentials } from "./input.ts";
import { goNetrcFile, planGoNetrc } from "./netrc/first-match.ts";
import { definePackageManager, type Place, type Target } from "./package-manager.ts";
import { defaultGoProxies } from "./public-registries.ts";

export const go = definePackageManager({
  id: "go",
  title: "Go",
  tool: "go",
  ecosystem: "go",
  signs: ["go.mod", "go.work"],
  proof: "module list",
  tested: "go 1.19",
  symptom: "go says `401 Unauthorized` for the module proxy, or asks the next one in GOPROXY.",
  scopes: ["user"],
  styles: ["reference"],

  files: (place) => [ownFile(place), goNetrcFile(place)].flatMap((file) => file ?? []),

  plan(target, place, texts) {
    const url = checked(target);
    const file = ownFile(place);
    if (file === undefined) {
      throw new Problem(
        "unsupported",
        "GOENV is off, so go reads no configuration file.",
        "Unset GOENV where go and this server are started.",
      );
    }
    const former = fileSetting("GOPROXY", place, texts)?.value;
    const source = withRegistry(url, former, target.mirrors ?? false);
    const edits: Edit[] = [
      { file, format, path: ["GOPROXY"], source, ...inPlaceOf(former) },
      ...planGoNetrc(machineOf(url), target, place, texts),
    ];
    return {
      changes: changesOf(edits, texts),
      warnings: [
        ...(isLoopback(url.hostname)
          ? [
              `The entry in ${goNetrcFile(place)} goes to every program that reads netrc, for every port of ${url.hostname}.`,
            ]
          : []),
        ...bypasses(place, texts),
        ...checksums(place, texts),
      ],
      replaced_url: target.mirrors && former !== undefined ? replaced(former, url) : undefined,
    };
  },

  status: goStatus,

  /** No module is called that: its 404 counts when a stranger is turned away. */
  verify: (target, fetch) => probeWithBasic(`${target.url.replace(/\/+$/, "")}/`, target, fetch),
});

/** @throws Problem `unsupported` for a project: go has no file of its own there */
function ownFile(place: Place): string | undefined {
  if (place.scope === "user") return goFile(place);
  throw new Problem("unsupported", "go has no configuration of a project.", 'Use scope "user".', {
    allowed: ["user"],
  });
}

/** @throws Problem `invalid_input`, `unsafe_location`, `unsupported` */
function checked({ url: text, style }: Target): URL {
  const url = parseRegistryUrl(text.replace(/\/+$/, ""));
  if (style !== undefined && style !== "reference") {
    throw new Problem(
      "unsupported",
      "go has no place for a secret of its own but netrc.",
      'Use secret_style "reference", which writes it there.',
      { allowed: ["reference"] },
    );
  }
  if (url.protocol !== "https:") {
    throw new Problem(
      "unsupported",
      `go sends credentials over https alone, and ${url.origin} is http.`,
      "Put a proxy with a certificate before the registry, and give its https URL.",
    );
  }
  if (/[,|]/.test(url.pathname)) {
    throw new Problem(
      "invalid_input",
      "The registry URL holds a character that ends it in GOPROXY.",
      "Use a path without , and |.",
    );
  }
  return url;
}

/**
 * The registry first. The rest stays where it does not have the public modules itself: behind a comma it is asked for
 * what the registry lacks (404, 410), and not where the token is refused, so that a dead token shows.
 */
function withRegistry(url: URL, former: string | undefined, mirrors: boolean): string {
  const proxies = proxiesIn(former ?? defaultGoProxies);
  const ours: ModuleProxy = { url: url.href.replace(/\/+$/, ""), separator: "," };
  const [first, ...rest] = proxies;
  if (first && isProxy(first, url.href)) {
    return URL.canParse(first.url) && new URL(first.url).username
      ? proxyList([{ ...ours, separator: first.separator }, ...rest])
      : (former ?? "");
  }
  const end = proxies.some((proxy) => proxy.url === "off") ? "off" : "direct";
  return proxyList([
    ours,
    ...(mirrors ? [{ url: end, separator: "" }] : proxies.filter((proxy) => !isProxy(proxy, url.href))),
  ]);
}

function replaced(former: string, url: URL): string | undefined {
  const [first] = proxiesIn(former);
  return first && !isProxy(first, url.href) ? withoutCredentials(first.url) : undefined;
}

/** Which modules are private only the user knows; to switch the database off for all would be to trust everything. */
function checksums(place: Place, texts: Texts): string[] {
  const covered = ["GONOSUMDB", "GOPRIVATE"].some((name) => effective(name, place, texts));
  if (covered || effective("GOSUMDB", place, texts)?.value === "off") return [];
  return [
    "go asks the public checksum database about every module, and a private one fails there: name those with `go env -w GONOSUMDB=HOST/PATH/*` (not GOPRIVATE, which goes round the registry).",
  ];
}
