//! The case document's requests: they need no capture and are answered at once.

use serde_json::{Value, json};
use weir_case::Document;
use weir_session::ops::StepReply;
use weir_session::{ErrorKind, SessionError};

fn refused(e: &weir_case::OpenError) -> SessionError {
    let error = SessionError::new(ErrorKind::Input, e.message.clone());
    match &e.place {
        Some(place) => error.at(place.clone()),
        None => error,
    }
}

fn open(args: &Value) -> Result<StepReply, SessionError> {
    let text = args.get("text").and_then(Value::as_str).unwrap_or_default();
    let document = Document::open(text).map_err(|e| refused(&e))?.filled();
    Ok(StepReply::done(
        json!({"document": document.to_value()}),
        None,
    ))
}

fn save(args: &Value) -> Result<StepReply, SessionError> {
    let value = args.get("document").cloned().unwrap_or_default();
    let document = Document::from_value(value).map_err(|e| refused(&e))?;
    let named = json!({"name": "case.weir.json", "mime": "application/json"});
    Ok(StepReply::done(named, Some(document.save().into_bytes())))
}

/// The answer, when `op` is one of these.
pub(crate) fn answer(op: &str, args: &Value) -> Option<StepReply> {
    let answered = match op {
        "case.open" => open(args),
        "case.save" => save(args),
        _ => return None,
    };
    Some(answered.unwrap_or_else(StepReply::failed))
}
