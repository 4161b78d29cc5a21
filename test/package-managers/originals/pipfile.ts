import type { Originals } from "./originals.ts";
import { toml } from "./toml.ts";

/** In other TOML files `source` is a table. */
export const pipfile: Originals = {
  ...toml,
  texts: [
    `[[source]]
url = "https://public.example/simple"   # everybody's
verify_ssl = true
name = "pypi"

[packages]
requests = "*"

[requires]
python_version = "3.11"
`,
    `[packages]\r
flask = {version = ">=3", extras = ["async"]}\r
\r
[[source]]\r
name = "other"\r
url = "https://\${OTHER_USER}:\${OTHER_TOKEN}@other.example/simple"\r
verify_ssl = true\r
\r
[[source]]\r
verify_ssl = false\r
url = 'https://former.example/simple'\r
name = "fly"`,
    "",
  ],
};
