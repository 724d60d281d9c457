//! Files of a kind that somebody received or sent, for the detections of programs. Judges nothing.

use super::file_exe_http::artifact;
use super::gather::{Groups, named};
use super::{Ground, Key};
use weir_dissect::facts::Artifact;

/// Files that are wanted, by who asked and where it was had from.
pub(super) fn keys(ground: &Ground<'_>, wanted: impl Fn(&Artifact) -> bool) -> Vec<Key> {
    let mut out: Groups<String> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, a) in c
            .facts
            .artifacts
            .iter()
            .enumerate()
            .filter(|(_, a)| wanted(a))
        {
            let (_, who) = named(ground, chain, a.client.0, a.begun);
            out.put(format!("{who}|{}", a.url), (chain, n));
        }
    }
    out.keys(1, Clone::clone)
}

/// The first file of a key.
pub(super) fn first<'a>(ground: &'a Ground<'_>, key: &Key) -> Option<&'a Artifact> {
    artifact(ground, *key.rows.first()?)
}
