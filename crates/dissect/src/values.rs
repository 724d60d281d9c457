//! Fields read straight from bytes that are no numbers: addresses. Numbers and flags are in `context.rs`.

use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Field, Mac, Value};

impl Ctx<'_> {
    /// The IPv4 address at `at`; nothing where bytes are missing.
    pub fn ipv4(&mut self, field: &'static Field, data: Data<'_>, at: usize) {
        if let Some(a) = data.array::<4>(at) {
            self.field(field, Value::Ipv4(a.into()), data.range(at, at + 4));
        }
    }

    /// The IPv6 address at `at`; nothing where bytes are missing.
    pub fn ipv6(&mut self, field: &'static Field, data: Data<'_>, at: usize) {
        if let Some(a) = data.array::<16>(at) {
            self.field(field, Value::Ipv6(a.into()), data.range(at, at + 16));
        }
    }

    /// The hardware address at `at`; nothing where bytes are missing.
    pub fn mac(&mut self, field: &'static Field, data: Data<'_>, at: usize) {
        if let Some(a) = data.array(at) {
            self.field(field, Value::Mac(Mac(a)), data.range(at, at + 6));
        }
    }

    /// Text in all of `data`, up to the first zero, as texts of a fixed length are filled up.
    pub fn text(&mut self, field: &'static Field, data: Data<'_>) {
        let text = String::from_utf8_lossy(data.until_zero());
        self.field(field, Value::Text(&text), data.all());
    }
}
