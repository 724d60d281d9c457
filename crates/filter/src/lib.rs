//! The display-filter language over a field schema. Knows no protocol.
