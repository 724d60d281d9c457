//! `-d tcp.port==2121,ftp`: what a port or type carries because the call, or the case, says so.

use crate::args::{Args, Usage};
use serde_json::{Value, json};
use weir_case::Document;
use weir_dissect::{Over, Protocol};
use weir_session::decode_as;

/// One rule as it was written: key, number, filter name. Known to be right.
#[derive(Clone, Debug)]
pub(crate) struct Rule(String, u64, String);

impl Rule {
    fn new(key: &str, value: u64, protocol: &str) -> Result<Self, Usage> {
        decode_as(key, value, protocol).map_err(Usage)?;
        Ok(Self(key.to_owned(), value, protocol.to_owned()))
    }

    /// As tshark's `-d` writes it; numbers also in hexadecimal.
    fn read(text: &str) -> Result<Self, Usage> {
        let bad = || {
            Usage(format!(
                "{text:?} is no decode-as rule; write tcp.port==2121,ftp"
            ))
        };
        let (place, protocol) = text.split_once(',').ok_or_else(bad)?;
        let (key, number) = place.split_once("==").ok_or_else(bad)?;
        let number = number.trim();
        let value = match number.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => number.parse(),
        };
        Self::new(key.trim(), value.map_err(|_| bad())?, protocol.trim())
    }

    /// For the session.
    pub(crate) fn over(&self) -> Option<(Over, &'static Protocol)> {
        decode_as(&self.0, self.1, &self.2).ok()
    }

    /// For the engine's operation.
    pub(crate) fn json(&self) -> Value {
        json!({ "key": self.0, "value": self.1, "protocol": self.2 })
    }
}

/// The call's rules.
pub(crate) fn rules(args: &Args) -> Result<Vec<Rule>, Usage> {
    args.decode_as.iter().map(|text| Rule::read(text)).collect()
}

/// The case's rules.
pub(crate) fn of_case(case: &Document) -> Result<Vec<Rule>, Usage> {
    case.live("decode_as")
        .map(|i| {
            let value = i.now.body.get("value").and_then(Value::as_u64);
            let no_number = || Usage("a decode-as rule of the case has no number".to_owned());
            Rule::new(
                i.now.text("key"),
                value.ok_or_else(no_number)?,
                i.now.text("protocol"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rules_are_read_as_tshark_writes_them() {
        let rule = Rule::read("tcp.port==2121, ftp").unwrap();
        assert_eq!(
            (rule.0.as_str(), rule.1, rule.2.as_str()),
            ("tcp.port", 2121, "ftp")
        );
        assert_eq!(Rule::read("eth.type==0x0806,arp").unwrap().1, 0x0806);
        for wrong in [
            "tcp.port=21,ftp",
            "tcp.port==21",
            "tcp.port==x,ftp",
            "tcp.port==21,tfp",
            "tcp.port==99999,ftp",
        ] {
            assert!(Rule::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_case_s_rules_are_checked_like_typed_ones() {
        let open = |body: &str| {
            let item = format!(
                r#"{{"schema":1,"id":"{0}","title":"","items":[{{"id":"{0}","kind":"decode_as","stamp":{{"author":"{0}","counter":1,"at":"2026-01-01T00:00:00Z"}},"pass":1,"step":"capture","body":{body}}}]}}"#,
                "0".repeat(32)
            );
            Document::open(&item).unwrap()
        };
        let good = open(r#"{"key":"tcp.port","value":8081,"protocol":"http"}"#);
        assert_eq!(of_case(&good).unwrap()[0].1, 8081);
        let bad = open(r#"{"key":"tcp.port","value":80810,"protocol":"http"}"#);
        assert!(of_case(&bad).is_err());
    }
}
