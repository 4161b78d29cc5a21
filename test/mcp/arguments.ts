/** Arguments of a tool that does not exist: of every kind that refusals and advertisements differ for. */
import { z } from "zod";

export const schema = z.strictObject({
  name: z.string().min(1).max(20),
  permission: z.enum(["read_only", "read_write"]).default("read_only"),
  limit: z.int().min(1).max(200).default(50),
  ids: z.array(z.string()).max(2).optional(),
  filter: z
    .strictObject({ status: z.enum(["active", "revoked"]).optional(), created_by: z.string() })
    .optional(),
});
