//! What a capture says of itself and where nobody listened: of one that is loaded, and as a case keeps it.

use super::material::Capture;
use serde::{Deserialize, Serialize};

impl Capture {
    /// What it says of itself, as a case keeps it.
    #[must_use]
    pub fn about(&self) -> About {
        About {
            application: self.application.clone(),
            os: self.os.clone(),
            hardware: self.hardware.clone(),
            comments: self.comments.clone(),
            interfaces: self.interfaces.clone(),
            gaps: self.gaps.clone(),
            more_gaps: self.more_gaps,
        }
    }
}

/// What a capture says of itself, and where nobody listened. A case keeps the same of captures that are not loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct About {
    /// The capturing program.
    pub application: Option<String>,
    /// Its system.
    pub os: Option<String>,
    /// Its machine.
    pub hardware: Option<String>,
    /// Of the file.
    pub comments: Vec<String>,
    /// As far as they are described.
    pub interfaces: Vec<Interface>,
    /// Silences that count as not captured, in order of time.
    pub gaps: Vec<Silence>,
    /// Silences beyond these.
    pub more_gaps: u64,
}

/// An interface of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Interface {
    /// Hostile text.
    pub name: Option<String>,
    /// Link type.
    pub link: String,
    /// Packets of it.
    pub packets: u64,
    /// Longest packet kept.
    pub snap_length: Option<u64>,
    /// Packets that it lost.
    pub drops: Option<u64>,
    /// Capture filter; hostile text.
    pub filter: Option<String>,
}

/// A silence in which nobody was listening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Silence {
    /// Epoch seconds.
    pub from: String,
    /// Epoch seconds.
    pub to: String,
}
