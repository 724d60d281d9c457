//! Logs and flow exports to facts. Knows no packet.
