// Written by `npm run generate`.
import type { Delivery } from "./delivery.ts";
import { file } from "./file.ts";
import { inline } from "./inline.ts";
import { kubernetes } from "./kubernetes.ts";

export const deliveries: readonly Delivery[] = [file, inline, kubernetes] as never;
