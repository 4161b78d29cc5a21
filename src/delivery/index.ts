import type { Delivery } from "./delivery.ts";
import { file } from "./file.ts";
import { inline } from "./inline.ts";

export const deliveries: readonly Delivery[] = [file, inline];
