/** What go's settings say about one module proxy. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, withoutCredentials } from "../input.ts";
import { goNetrcFile, goNetrcLogin } from "../netrc/first-match.ts";
import type { Place, Status } from "../package-manager.ts";
import { effective, goFile, isProxy, proxiesIn } from "./config.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function goStatus(registry: string, place: Place, texts: Texts): Status {
  const url = parseRegistryUrl(registry);
  const setting = effective("GOPROXY", place, texts);
  const [first, second] = proxiesIn(setting?.value ?? "");
  const inUse = first !== undefined && isProxy(first, registry);
  // Over http go sends what netrc has to nobody.
  const { login, password } = url.protocol === "https:" ? goNetrcLogin(machineOf(url), place, texts) : {};
  const secret = login && password ? new Secret(password) : undefined;
  return {
    configured: inUse && secret !== undefined,
    ...(first && { url: withoutCredentials(first.url) }),
    ...(secret && { username: login, secret, where: goNetrcFile(place) }),
    shadowed_by: shadows(registry, place, texts),
    warnings: [
      ...(inUse && first.separator === "|" && second
        ? [
            `GOPROXY in ${setting?.where} has | behind the registry: go asks the next one also where the registry refuses the token. A comma stops there.`,
          ]
        : []),
      ...bypasses(place, texts),
    ],
  };
}

/** As go looks it up: without the port, IPv6 without its brackets. */
export function machineOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Modules that do not come from the registry although it is set. */
export function bypasses(place: Place, texts: Texts): string[] {
  const setting = effective("GONOPROXY", place, texts);
  const patterns = setting ?? effective("GOPRIVATE", place, texts);
  if (!patterns || patterns.value.trim() === "none") return [];
  const name = setting ? "GONOPROXY" : "GOPRIVATE";
  return [
    `${name} is set (${patterns.where}): modules that it names come straight from their repositories, not from the registry.${setting ? "" : " GONOPROXY=none ends that."}`,
  ];
}

function shadows(registry: string, place: Place, texts: Texts): string[] {
  const { env } = place;
  const [first] = proxiesIn(env.GOPROXY ?? "");
  const auth = effective("GOAUTH", place, texts);
  const modules = effective("GO111MODULE", place, texts);
  const flags = effective("GOFLAGS", place, texts);
  return [
    ...(goFile(place) === undefined ? ["GOENV is off: go reads no configuration file."] : []),
    ...(first && !isProxy(first, registry)
      ? [
          `The environment variable GOPROXY begins with ${withoutCredentials(first.url) ?? (/^\w+$/.test(first.url) ? first.url : "something that is not a URL")}, and outranks the file.`,
        ]
      : []),
    ...(auth && !auth.value.split(";").some((method) => method.trim() === "netrc")
      ? [`GOAUTH is set (${auth.where}) without \`netrc\`: go 1.24 and later do not look there.`]
      : []),
    ...(modules?.value.trim() === "off"
      ? [`GO111MODULE is off (${modules.where}): go uses no modules and asks no proxy.`]
      : []),
    ...(flags && /(^|\s)-mod=vendor(\s|$)/.test(flags.value)
      ? [`GOFLAGS has -mod=vendor (${flags.where}): go takes modules from the vendor folder alone.`]
      : []),
  ];
}
