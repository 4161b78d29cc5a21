/** By format, or by a file's name where its format's do not fit it; one that is missing here fails every law of the managers that use it. */
import { env } from "./env.ts";
import { ini } from "./ini.ts";
import { json } from "./json.ts";
import { netrc } from "./netrc.ts";
import { npmrc } from "./npmrc.ts";
import type { Originals } from "./originals.ts";
import { pipfile } from "./pipfile.ts";
import { properties } from "./properties.ts";
import { toml } from "./toml.ts";
import { yaml } from "./yaml.ts";

export const originals: Readonly<Record<string, Originals>> = {
  env,
  ini,
  json,
  netrc,
  npmrc,
  Pipfile: pipfile,
  toml,
  yaml,
  properties,
};
