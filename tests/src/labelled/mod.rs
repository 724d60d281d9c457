//! Labelled traffic: a network of many days made by code, with attacks, their harmless twins and faults planted in
//! it, and a truth written from what was planted. Shares nothing with the crates that are judged by it.

pub mod background;
pub mod beacon;
pub mod flows;
pub mod lab;
pub mod net;
pub mod rhythm;
pub mod scenarios;
pub mod score;
pub mod truth;
pub mod write;
