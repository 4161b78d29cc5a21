/** Every format by its id. */
import { dotenv } from "./dotenv.ts";
import { env } from "./env.ts";
import type { Format, FormatId } from "./format.ts";
import { gitignore } from "./gitignore.ts";
import { hcl } from "./hcl.ts";
import { ini } from "./ini.ts";
import { json } from "./json.ts";
import { jsonc } from "./jsonc.ts";
import { netrc } from "./netrc.ts";
import { npmrc } from "./npmrc.ts";
import { properties } from "./properties.ts";
import { toml } from "./toml.ts";
import { whole } from "./whole.ts";
import { xml } from "./xml.ts";
import { yaml } from "./yaml.ts";

export type { Format } from "./format.ts";

export const formats: Partial<Record<FormatId, Format>> = {
  npmrc,
  ini,
  json,
  jsonc,
  netrc,
  toml,
  yaml,
  properties,
  xml,
  env,
  dotenv,
  gitignore,
  hcl,
  whole,
};
