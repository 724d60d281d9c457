//! The filter language's view of the dissectors' registry. Names no protocol.

use std::sync::OnceLock;
use weir_dissect::protocols::ALL;
use weir_filter::Table;

/// Every protocol and field there is.
pub fn schema() -> &'static Table {
    static SCHEMA: OnceLock<Table> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut table = Table::new();
        for protocol in ALL {
            let anywhere =
                protocol.info.name == weir_dissect::protocols::expert::PROTOCOL.info.name;
            if anywhere {
                table.add_anywhere(protocol.fields.iter().copied());
            } else {
                table.add_protocol(&protocol.info, protocol.fields.iter().copied());
            }
        }
        table
    })
}
