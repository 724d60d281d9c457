//! How much a label looks like a word or a name: the mean surprise of its runs of three letters, against the names
//! that this capture resolved and a list of common parts of names. Knows no language beyond.

use super::gather::real;
use foldhash::quality::FixedState;
use hashbrown::HashMap;

/// Most labels that are learned from a capture.
const LEARNED: usize = 20_000;
/// Of a hundred labels so many look stranger than the cut.
const CUT: usize = 5;
/// Letters, digits, the hyphen and the edge of a label.
const SIGNS: f64 = 38.0;
/// How much the shorter run weighs, in times that the longer was seen.
const SMOOTH: f64 = 3.0;
/// Letters of a label below which it tells nothing.
const SHORTEST: usize = 6;

/// Parts of names of companies, services and places, and common words: what owners build names from.
const PARTS: &str = "about access account active adobe agency air alert all alpha amazon america analytics android \
animal api app apple apps archive area art asia assets audio auto avast baby back bank base basic beauty bell best \
beta bike bit black blog blue board body book box brand bridge bright broad build business cable cache camera campus \
capital car care case cash cast cdn center central chain change channel chat check children china choice church \
circle city class clean clear click client clinic cloud club coach code coffee college color comfort common \
community company compare computer connect consult contact content control cook cool copy core corner count country \
course craft create credit cross crowd crystal culture custom daily dance data date day deal dental design desk dev \
dial diamond digital direct discover doctor dog domain door down dragon dream drive drop eagle earth east easy eco \
edge education electric element email energy engine english enter estate euro event ever every exchange expert \
express eye face facebook factory fair faith family farm fashion fast feed field film final finance find fine fire \
first fish fitness flash flex flow flower fly focus food foot force forest form forum forward foundation frame free \
fresh friend front fuel fun fund future galaxy gallery game garden gas gate general gift girl give glass global \
go gold golf good google grand graph great green ground group grow guard guide hair hand happy harbor head health \
heart heat help here hero high hill history hit holiday home honey horse hospital host hot hotel house hub human \
hunter ice icon idea image impact index indie info ink innovation inside insight institute insurance inter internet \
invest island jet job join journal joy jump just kids king kitchen knight know lab lake land language large laser \
law lead league learn left legal level library life light like line link list little live local lock logic login \
london long look lotus love lucky lunch mac machine magic mail main make manage map marine mark market master match \
math max media medical meet mega member men metal metro micro microsoft middle mind mini mirror mobile model modern \
money moon mother motion motor mountain move movie mozilla museum music name nation nature net network new news next \
night north note nova now number ocean office oil old one online open option orange order organic origin out outlet \
over own page paint panel paper park part partner party pass path pay peak people perfect pet phone photo pick pilot \
pink pix place plan planet plant play plus point policy port post power press prime print pro product profile \
program project prop public pulse pure quality quest quick radio rain range rapid reach read ready real record red \
region rent report rescue research resource rest result review rich ride right ring river road robot rock room root \
rose route royal run safe sail sale salon sand save scan school science score screen script sea search season secret \
secure select send senior sense server service set shadow shape share shell shift shine ship shop short show side \
sign silver simple site sky sleep small smart smile snow social soft software solar solid solution sound source \
south space spark speed spirit sport spot spring square stage standard star start state static station status steel \
step stock stone store storm story strategy stream street strong student studio study style sugar summer sun super \
support surf sweet swift switch sync system table tag talent talk target task tax teach team tech technology tele \
tennis term test text theater theme think ticket tiger time tip today tool top total touch tour tower town track \
trade train transfer travel tree trend tri trip true trust turbo turn twitter ultra union unit united university up \
update urban user valley value van vector venture verify video view village vip virtual vision visit vista vital \
voice volt walk wall war watch water wave way wealth weather web wedding week well west wheel white wiki wild wind \
window windows wine wing winter wire wise wolf woman wonder wood word work world write yahoo yellow yoga you young \
youtube zero zone zoom";

type Counts<K> = HashMap<K, u32, FixedState>;

/// What was learned.
pub(super) struct Trigrams {
    three: Counts<[u8; 3]>,
    two: Counts<[u8; 2]>,
    one: Counts<u8>,
    follows: Counts<[u8; 2]>,
    /// Mean surprise above which one label in twenty of those learned is, each judged without itself.
    cut: f64,
}

fn edged(label: &str) -> Vec<u8> {
    let mut out = vec![b'^', b'^'];
    out.extend(label.bytes().map(|b| b.to_ascii_lowercase()));
    out.push(b'$');
    out
}

impl Trigrams {
    /// From labels that were resolved here, each once, and the list of parts.
    pub(super) fn learn<'a>(resolved: impl Iterator<Item = &'a str>) -> Self {
        let mut out = Self {
            three: Counts::default(),
            two: Counts::default(),
            one: Counts::default(),
            follows: Counts::default(),
            cut: 0.0,
        };
        let mut labels: Vec<String> = PARTS.split_whitespace().map(str::to_owned).collect();
        // Names are mostly two parts in one: the cut is found by such, of which only the parts are learned.
        let mut known: Vec<String> = labels
            .iter()
            .zip(labels.iter().skip(labels.len() / 2))
            .map(|(a, b)| format!("{a}{b}"))
            .collect();
        let resolved: Vec<String> = resolved.take(LEARNED).map(str::to_owned).collect();
        known.extend(resolved.iter().filter(|l| l.len() >= SHORTEST).cloned());
        labels.extend(resolved);
        for label in &labels {
            out.count(label);
        }
        let mut surprises: Vec<f64> = known.iter().map(|l| out.surprise(l, 1)).collect();
        surprises.sort_by(f64::total_cmp);
        let at = surprises.len() * (100 - CUT) / 100;
        out.cut = surprises.get(at).copied().unwrap_or(f64::MAX);
        out
    }

    fn count(&mut self, label: &str) {
        for w in edged(label).windows(3) {
            if let [a, b, c] = *w {
                *self.three.entry([a, b, c]).or_default() += 1;
                *self.two.entry([a, b]).or_default() += 1;
                *self.one.entry(b).or_default() += 1;
                *self.follows.entry([b, c]).or_default() += 1;
            }
        }
    }

    /// Bits of surprise a letter, with `less` of each count taken away: a label that was learned is judged as if it
    /// was not. What never followed two letters is judged by the last of them.
    fn surprise(&self, label: &str, less: u32) -> f64 {
        let all = edged(label);
        let mut sum = 0.0;
        for w in all.windows(3) {
            let [a, b, c] = *w else { continue };
            let seen = |n: Option<&u32>| f64::from(n.copied().unwrap_or(0).saturating_sub(less));
            let one = (seen(self.follows.get(&[b, c])) + SMOOTH / SIGNS)
                / (seen(self.one.get(&b)) + SMOOTH);
            let three = seen(self.three.get(&[a, b, c]));
            let two = seen(self.two.get(&[a, b]));
            sum -= libm::log2((three + SMOOTH * one) / (two + SMOOTH));
        }
        sum / real(all.len().saturating_sub(2)).max(1.0)
    }

    /// Bits of surprise a letter; and what nineteen of twenty names stay below.
    pub(super) fn judge(&self, label: &str) -> (f64, f64) {
        (self.surprise(label, 0), self.cut)
    }

    /// Does it look like nothing that anybody would call anything? Too short labels never do.
    pub(super) fn strange(&self, label: &str) -> bool {
        let (surprise, cut) = self.judge(label);
        label.len() >= SHORTEST && surprise > cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_noise_are_told_apart() {
        let all = Trigrams::learn(["wireshark", "example", "debian"].into_iter());
        let names = [
            "wikipedia",
            "stackoverflow",
            "openstreetmap",
            "cloudflare",
            "githubassets",
            "doubleclick",
            "akamaiedge",
            "deutschebahn",
            "letsencrypt",
            "washingtonpost",
            "googleapis",
            "msftncsi",
        ];
        let odd: Vec<&&str> = names.iter().filter(|n| all.strange(n)).collect();
        // A name in another language and an abbreviation may look strange: one of them alone is no finding.
        assert!(odd.len() <= 2, "{odd:?}");
        for label in [
            "qxkzvjwpbf",
            "xjpakmdcfuqe",
            "vtuyzcdgkx",
            "0b7e2ca7dd3f4c",
            "hqkzwrtpnxc",
            "mjbnhvgcxf",
        ] {
            assert!(all.strange(label), "{label}: {:?}", all.judge(label));
        }
        assert!(!all.strange("xqz"), "too short to say");
    }
}
