/** Poetry: the source in the project, the login in Poetry's own 0600 file, under one name. */
import { toml } from "../formats/toml.ts";
import { changesOf } from "./edit.ts";
import { checkText, checkUsername, inPlaceOf, parseRegistryUrl, sameRegistry } from "./input.ts";
import { definePackageManager, sourceName } from "./package-manager.ts";
import {
  fileForUploads,
  fileSetting,
  passwordPath,
  poetryFiles,
  settingFiles,
  uploadPath,
  usernamePath,
} from "./poetry/config.ts";
import { sourceEdits } from "./poetry/source.ts";
import { poetryStatus } from "./poetry/status.ts";
import { uploadUrl, verifyIndex } from "./python/simple-index.ts";
import { textEdits } from "./text-values.ts";

export const poetry = definePackageManager({
  id: "poetry",
  title: "Poetry",
  tool: "poetry",
  ecosystem: "pypi",
  signs: ["poetry.lock", "poetry.toml"],
  proof: "simple index",
  tested: "Poetry 1.3",
  symptom:
    "Poetry says `Authorization error accessing`; when it hangs, it waits for a keyring that is locked: set PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring.",
  scopes: ["user", "project"],
  styles: ["value"],

  files(place) {
    const { project } = poetryFiles(place);
    return [...settingFiles(place), ...(project ? [project.pyproject, project.lock] : [])];
  },

  plan(target, place, texts) {
    const index = parseRegistryUrl(target.url).href;
    const upload = parseRegistryUrl(uploadUrl(target)).href;
    const username = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const { auth, project } = poetryFiles(place);
    const uploadFile = fileForUploads(place, texts);
    const former = fileSetting(uploadFile, uploadPath, texts)?.value;
    const routing = sameRegistry(former, upload)
      ? []
      : [{ path: uploadPath, value: upload, ...inPlaceOf(former) }];
    const edits = [
      ...(place.scope === "project" && project
        ? sourceEdits(project, index, target.mirrors === true, texts)
        : []),
      ...textEdits(toml, uploadFile, texts, routing),
      ...textEdits(toml, auth, texts, [
        { path: usernamePath, value: username },
        { path: passwordPath, value: password, sensitive: true },
      ]),
    ];
    return { changes: changesOf(edits, texts), warnings: place.scope === "project" ? [] : [userAlone] };
  },

  status: poetryStatus,
  verify: verifyIndex,
});

const userAlone = `Poetry publishes there with \`poetry publish --repository ${sourceName}\`; it installs from there only in a project that names the source: use scope "project".`;
