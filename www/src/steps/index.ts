/** The steps of the method in order. One folder and one line each; rail, keys, help and palette follow from it. */

import type { StepDef } from "../base/step.ts";
import { actions } from "./actions/index.tsx";
import { capture } from "./capture/index.tsx";
import { filter } from "./filter/index.tsx";
import { issue } from "./issue/index.tsx";
import { notes } from "./notes/index.tsx";
import { report } from "./report/index.tsx";
import { scopeStep } from "./scope/index.tsx";
import { targets } from "./targets/index.tsx";
import { understand } from "./understand/index.tsx";

export const STEPS: StepDef[] = [issue, scopeStep, targets, capture, filter, understand, notes, report, actions];
