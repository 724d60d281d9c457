/** Pages that are no steps, in the order of the rail. One folder and one line each. */

import type { StepDef } from "../base/step.ts";
import { hunt } from "./hunt/index.tsx";
import { reference } from "./reference/index.tsx";
import { statistics } from "./statistics/index.tsx";
import { trends } from "./trends/index.tsx";

export const PAGES: StepDef[] = [hunt, trends, statistics, reference];
