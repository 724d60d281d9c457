//! The filter language's view of the dissectors' registry. Names no protocol.

use std::sync::OnceLock;
use weir_dissect::protocols::{ALL, expert};
use weir_filter::Table;

/// Every protocol and field there is.
pub fn schema() -> &'static Table {
    static SCHEMA: OnceLock<Table> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut table = Table::new();
        for protocol in ALL {
            let fields = protocol.fields.iter().copied();
            // Anomalies stand in any layer.
            if std::ptr::eq(*protocol, &expert::PROTOCOL) {
                table.add_protocol(&protocol.info, []);
                table.add_anywhere(fields);
            } else {
                table.add_protocol(&protocol.info, fields);
            }
        }
        table
    })
}
