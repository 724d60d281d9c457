//! From every earlier schema to this one, a step at a time: a case that was saved once opens for ever.
//!
//! A schema is raised where what an earlier version wrote would be misread; a new kind or member is none. Then
//! `SCHEMA` is raised, the step from schema N is `vN.rs` beside this file with its line in `STEPS`, and a case of
//! schema N goes into `tests/schemas/`, where its test finds it by itself.

use super::open::{OpenError, wrong};
use super::{Members, SCHEMA};

/// Makes members of the next schema out of those of one; everything it does not know stays.
type Step = fn(Members) -> Result<Members, OpenError>;

/// The first one leads from schema 1 to 2, and so on: as many as there are earlier schemas.
const STEPS: [Step; SCHEMA as usize - 1] = [];

/// The members of a case (without `schema`) as this version has them.
///
/// # Errors
/// There is no such schema, or none that this version knows.
pub(super) fn to_now(members: Members, schema: u64) -> Result<Members, OpenError> {
    climb(members, schema, &STEPS)
}

fn climb(members: Members, schema: u64, steps: &[Step]) -> Result<Members, OpenError> {
    let newest = steps.len() as u64 + 1;
    if schema == 0 {
        return Err(wrong("there is no schema 0", "schema"));
    }
    if schema > newest {
        return Err(wrong(
            format!("a newer Weir wrote it (schema {schema}); this one reads up to {newest}"),
            "schema",
        ));
    }
    let first = usize::try_from(schema - 1).unwrap_or(usize::MAX);
    let mut rest = steps.iter().skip(first);
    rest.try_fold(members, |members, step| step(members))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    // Made up: there has been one schema so far. `notes` became `items`, then each of them got a body.
    fn first(mut members: Members) -> Result<Members, OpenError> {
        let notes = members.shift_remove("notes").unwrap_or_default();
        members.insert("items".into(), notes);
        Ok(members)
    }

    fn second(mut members: Members) -> Result<Members, OpenError> {
        let Some(Value::Array(items)) = members.get_mut("items") else {
            return Err(wrong("a list is expected", "items"));
        };
        for item in items {
            *item = json!({"body": item.take()});
        }
        Ok(members)
    }

    fn members(value: Value) -> Members {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_schema_climbs_by_its_own_steps_and_keeps_what_is_unknown() {
        let steps: [Step; 2] = [first, second];
        let newest = json!({"mood": 1, "items": [{"body": "a"}]});
        for (schema, value) in [
            (1, json!({"notes": ["a"], "mood": 1})),
            (2, json!({"items": ["a"], "mood": 1})),
            (3, newest.clone()),
        ] {
            let got = climb(members(value), schema, &steps).unwrap();
            assert_eq!(Value::Object(got), newest, "schema {schema}");
        }
    }

    #[test]
    fn a_step_that_finds_something_else_says_so_and_a_newer_schema_is_named() {
        let steps: [Step; 2] = [first, second];
        let error = climb(members(json!({"notes": 5})), 1, &steps).unwrap_err();
        assert_eq!(error.place.as_deref(), Some("items"));
        for (schema, says) in [
            (0, "no schema 0"),
            (4, "(schema 4); this one reads up to 3"),
        ] {
            let error = climb(Members::new(), schema, &steps).unwrap_err();
            assert!(error.message.contains(says), "{error}");
            assert_eq!(error.place.as_deref(), Some("schema"));
        }
    }
}
