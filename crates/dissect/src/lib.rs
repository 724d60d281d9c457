//! Bytes to facts: protocols, flows, reassembly. Knows no file format and no conclusion.
