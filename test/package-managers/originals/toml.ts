import { commentOnTop, type Originals } from "./originals.ts";

/** For cargo, uv, poetry, pdm and bun at once: each reads its own tables and ignores the others'. */
export const toml: Originals = {
  texts: [
    `# how we build
[build]
jobs   = 4   # a small machine

[registries.other]    # theirs
index = "sparse+https://other.example/index/"
token = "Bearer keep-me"

# of the registries.other above
[registry]
default = "other"

[source.crates-io]
replace-with = 'vendored'

[source.vendored]
directory = "vendor"

[http-basic.other]
username = "bob"
password = 'keep-me'

[repositories.other]
url = "https://other.example/simple"

[install]
registry = "https://other.example/npm/"
`,
    `\uFEFFindex-url = "https://former.example/simple"\r
extra-index-url = [\r
  "https://one.example/simple", # one\r
  "https://two.example/simple",\r
]\r
\r
[[index]]\r
name = "other"\r
url = "https://other.example/simple"\r
\r
[[index]]\r
url = "https://former.example/simple"\r
name = "fly"   # ours, once\r
default = true\r
\r
[pypi]\r
url = 'https://former.example/simple'\r
username = "bob"\r
`,
    `registries.other.index = "sparse+https://other.example/index/"
registries.fly.index = "sparse+https://former.example/index/"
registries.fly.token = "Bearer keep-no-more"

"http-basic".fly.username = "bob"
http-basic.fly.password = "old"
repository.fly.url = "https://former.example/upload"
repositories.fly.url = "https://former.example/upload"`,
    `[registries]
[registry]
global-credential-providers = [
  "cargo:token", # not the desktop's
]
[registries.fly]
index = """sparse+https://former.example/index/"""

[install]
[install.scopes]
"@other" = { token = "keep-me", url = "https://other.example/" }
`,
    `[tool.poetry]
name = "shop"   # the shop

[[tool.poetry.source]]
name = "other"
url = "https://other.example/simple/"
priority = "explicit"

[[tool.poetry.source]]
url = "https://former.example/simple/"
name = "fly"
default = true

[tool.poetry.dependencies]
python = "^3.9"
[[tool.pdm.source]]
name = "fly"
url = "https://former.example/simple"
verify_ssl = true

[tool.uv]
dev-dependencies = []
`,
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
    "\n",
    "",
  ],
  broken: "[registries.fly]\nindex = not quoted\n",
  later: commentOnTop("#"),
  // pipenv's sources are a list, cargo's a table.
  fits: (text, path) =>
    path.endsWith("/Pipfile") ? !/^\[source\./m.test(text) : !/^\[\[source\]\]/m.test(text),
  theirs: '"the-users-own"',
};
