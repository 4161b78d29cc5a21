/** The logins in our store's file, read anew at every question. */
import type { Change, Texts } from "../disk/change.ts";
import type { Disk } from "../disk/disk.ts";
import { changesOf, type Edit } from "../package-managers/edit.ts";
import { credentialsIn, eraseEdit, storeEdit } from "../package-managers/store.ts";
import type { Logins } from "./protocol.ts";

/** @param store the file's absolute path */
export function openLogins(store: string, disk: Disk): Logins {
  const all = async () => credentialsIn(store, await disk.read([store]));
  const write = (edit: Edit) =>
    disk.edit({
      purpose: { managers: ["credential-helper"], scope: "user" },
      files: [store],
      plan: (texts: Texts): readonly Change[] => changesOf([edit], texts),
    });
  return {
    all,
    async put(url, login) {
      await write(storeEdit({ url, ...login }, { store }));
    },
    async remove(url) {
      if (!(await all()).has(url)) return false;
      await write(eraseEdit(url, { store }));
      return true;
    },
  };
}
