//! The names of one seed: what the scope looks for, what resembles it, who the servers are.

use crate::packets::rng::Rng;

/// Names of the case.
#[derive(Clone, Debug)]
pub struct Names {
    /// The indicator domain.
    pub domain: String,
    /// First file of the scope.
    pub tool: String,
    /// Second file of the scope.
    pub miner: String,
    /// Where the redirect of row 5 leads.
    pub mirror: String,
    /// Who also serves the first file, under another name (row 17).
    pub other: String,
    /// Canonical name at the shared content network (row 32).
    pub edge: String,
    /// A harmless site at the same address.
    pub benign: String,
    /// Who gets the domain's old address at hour 20 (row 33).
    pub heir: String,
    /// First check-in domain.
    pub control: String,
    /// Second check-in domain, 40 s after a download.
    pub second: String,
    /// Search suffix of the network.
    pub suffix: String,
}

impl Names {
    /// The names of a seed; seed 1 has the classic ones.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed, "names");
        let zone = rng
            .word(&["example.com", "example.net", "example.org"])
            .to_owned();
        let label = rng
            .word(&[
                "bad", "dark", "hazard", "malady", "carrion", "vandal", "wasp",
            ])
            .to_owned();
        let tool = rng
            .word(&[
                "superbad",
                "codec-pack",
                "quickview",
                "patchtool",
                "turbo-clean",
                "signdoc",
            ])
            .to_owned();
        let miner = rng
            .word(&["new-crypto-miner", "gpu-hasher", "coin-helper", "xm-worker"])
            .to_owned();
        let tag = rng.hex(3);
        let (domain, tool, miner) = if seed == 1 {
            (
                "bad.example.com".to_owned(),
                "superbad.exe".to_owned(),
                "new-crypto-miner.exe".to_owned(),
            )
        } else {
            (
                format!("{label}.{zone}"),
                format!("{tool}.exe"),
                format!("{miner}.exe"),
            )
        };
        Self {
            domain,
            tool,
            miner,
            mirror: format!("m{tag}.filehost.test"),
            other: format!("updates-{tag}.softdepot.test"),
            edge: format!("d{tag}.edge.cdn.test"),
            benign: "benign.example.org"
                .replace("benign", if seed == 1 { "benign" } else { "gardening" }),
            heir: format!("shop-{tag}.retail.test"),
            control: format!("sync-{tag}.cloudmetrics.test"),
            second: format!("p{tag}.telemetryhub.test"),
            suffix: "corp.test".to_owned(),
        }
    }

    /// First label of the domain and the rest.
    #[must_use]
    pub fn split(&self) -> (&str, &str) {
        self.domain.split_once('.').unwrap_or((&self.domain, ""))
    }

    /// The domain with its first `a` replaced by the Cyrillic letter, in A-label form.
    #[must_use]
    pub fn homograph(&self) -> String {
        let (label, rest) = self.split();
        let mut done = false;
        let fake: String = label
            .chars()
            .map(|c| {
                if c == 'a' && !done {
                    done = true;
                    '\u{430}'
                } else {
                    c
                }
            })
            .collect();
        format!("xn--{}.{rest}", punycode(&fake))
    }
}

/// Every other letter in capitals: `bad` → `BaD`.
#[must_use]
pub fn alternating(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(i, c)| {
            if i % 2 == 0 {
                c.to_ascii_uppercase()
            } else {
                c
            }
        })
        .collect()
}

/// Punycode of a label (RFC 3492).
#[must_use]
pub fn punycode(label: &str) -> String {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    if basic > 0 {
        out.push('-');
    }
    let total = label.chars().count() as u32;
    let (mut n, mut delta, mut bias, mut handled) = (128u32, 0u32, 72u32, basic);
    while handled < total {
        let Some(next) = label.chars().map(u32::from).filter(|c| *c >= n).min() else {
            break;
        };
        delta += (next - n) * (handled + 1);
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta += 1;
            } else if c == n {
                let mut q = delta;
                let mut k = 36;
                loop {
                    let t = if k <= bias { 1 } else { (k - bias).min(26) };
                    if q < t {
                        break;
                    }
                    out.push(digit(t + (q - t) % (36 - t)));
                    q = (q - t) / (36 - t);
                    k += 36;
                }
                out.push(digit(q));
                let mut d = if handled == basic {
                    delta / 700
                } else {
                    delta / 2
                };
                d += d / (handled + 1);
                let mut k = 0;
                while d > 455 {
                    d /= 35;
                    k += 36;
                }
                bias = k + 36 * d / (d + 38);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    out
}

fn digit(n: u32) -> char {
    char::from_u32(if n < 26 { 97 + n } else { 22 + n }).unwrap_or('a')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cyrillic_label_is_the_known_one() {
        assert_eq!(punycode("b\u{430}d"), "bd-7kc");
        assert_eq!(Names::new(1).homograph(), "xn--bd-7kc.example.com");
    }

    #[test]
    fn seeds_change_the_names() {
        assert_ne!(Names::new(2).mirror, Names::new(3).mirror);
        assert_eq!(Names::new(1).domain, "bad.example.com");
    }
}
