/** By format; one that is missing here fails every law of the managers that use it. */
import { env } from "./env.ts";
import { hcl } from "./hcl.ts";
import { ini } from "./ini.ts";
import { json } from "./json.ts";
import { netrc } from "./netrc.ts";
import { npmrc } from "./npmrc.ts";
import type { Originals } from "./originals.ts";
import { properties } from "./properties.ts";
import { toml } from "./toml.ts";
import { xml } from "./xml.ts";
import { yaml } from "./yaml.ts";

export const originals: Readonly<Record<string, Originals>> = {
  env,
  hcl,
  ini,
  json,
  netrc,
  npmrc,
  toml,
  yaml,
  properties,
  xml,
};
