//! What an archive holds, one level deep: names and sizes in zip, gzip and tar. Keeps nothing of what is unpacked.

mod gzip;
mod tar;
mod zip;

use serde::Serialize;
use tar::Tar;

/// Entries that are listed; later ones are counted.
const ENTRIES: usize = 1000;
/// Entries that are counted.
const COUNTED: usize = 1 << 20;
/// Bytes of a name that are shown.
const NAME: usize = 512;
/// Times its packed size that an entry may have before it is called a bomb.
const RATIO: u64 = 200;

/// An archive's content.
#[derive(Serialize, Default, Debug)]
pub struct Listing {
    /// `zip`, `gzip`, `tar`, `tar.gz`.
    pub kind: &'static str,
    /// At most [`ENTRIES`].
    pub entries: Vec<Entry>,
    /// Entries that are not listed.
    pub more: usize,
    /// What is wrong or remarkable, and bounds that were hit.
    pub remarks: Vec<String>,
}

/// One of its files or folders. Hostile text.
#[derive(Serialize, Default, Debug)]
pub struct Entry {
    /// As the archive has it, cut where it is very long.
    pub name: String,
    /// Bytes, as the archive says.
    pub size: Option<u64>,
    /// Packed bytes.
    pub packed: Option<u64>,
    /// `stored`, `deflate` …
    pub method: &'static str,
    /// Does it need a password?
    pub encrypted: bool,
    /// No file.
    pub folder: bool,
}

/// Is a file of this media type one that [`list`] may know? Documents of offices and programs of Java are zips.
#[must_use]
pub fn is_archive(media: &str) -> bool {
    [
        "zip",
        "x-tar",
        "java-archive",
        "officedocument",
        "opendocument",
        "epub",
        "android.package",
    ]
    .iter()
    .any(|word| media.contains(word))
}

/// The content of an archive; `None` where these bytes begin none.
#[must_use]
pub fn list(bytes: &[u8]) -> Option<Listing> {
    let mut out = match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zip::list(bytes),
        [0x1f, 0x8b, 8, ..] => gzip::list(bytes),
        _ => {
            let mut tar = Tar::default();
            tar.push(bytes);
            tar.finish()?
        }
    };
    out.judge();
    Some(out)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn name(bytes: &[u8]) -> String {
    let mut out = String::from_utf8_lossy(bytes.get(..NAME).unwrap_or(bytes)).into_owned();
    if bytes.len() > NAME {
        out.push('…');
    }
    out
}

impl Listing {
    fn add(&mut self, entry: Entry) {
        if self.entries.len() < ENTRIES {
            self.entries.push(entry);
        } else {
            self.more += 1;
        }
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// Remarks of what all entries together say.
    fn judge(&mut self) {
        let any = |f: fn(&Entry) -> bool| self.entries.iter().any(f);
        let mut said = Vec::new();
        if any(|e| e.encrypted) {
            said.push("entries need a password".to_owned());
        }
        if any(|e| e.name.starts_with(['/', '\\']) || e.name.split(['/', '\\']).any(|p| p == ".."))
        {
            said.push("a name leads out of the folder it is unpacked to".to_owned());
        }
        let swells = |e: &Entry| {
            let packed = e.packed.map(|n| n.max(1).saturating_mul(RATIO));
            e.size.zip(packed).is_some_and(|(size, most)| size > most)
        };
        if any(swells) {
            said.push(format!(
                "an entry unpacks to more than {RATIO} times its packed size"
            ));
        }
        if self.more > 0 {
            said.push(format!("{} more entries are not listed", self.more));
        }
        self.remarks.extend(said);
    }
}

#[cfg(test)]
mod tests;
