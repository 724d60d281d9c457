//! The filter language's view of the dissectors' registry. Names no protocol.

use std::sync::OnceLock;
use weir_dissect::protocols::{ALL, expert};
use weir_filter::Table;

/// Every protocol and field there is.
pub fn schema() -> &'static Table {
    static SCHEMA: OnceLock<Table> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut table = Table::new();
        let fields = || ALL.iter().flat_map(|p| p.fields.iter().copied());
        for protocol in ALL {
            // Fields of several protocols (multicast DNS has those of DNS) and anomalies stand in any layer.
            let expert = std::ptr::eq(*protocol, &expert::PROTOCOL);
            let (anywhere, own): (Vec<_>, Vec<_>) = protocol
                .fields
                .iter()
                .copied()
                .partition(|f| expert || fields().filter(|g| std::ptr::eq(*g, *f)).count() > 1);
            table.add_anywhere(anywhere);
            table.add_protocol(&protocol.info, own);
        }
        table
    })
}
