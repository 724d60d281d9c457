//! From a container's time units to nanoseconds. Knows the resolution options of pcapng, no clock.

use weir_model::Timestamp;

/// How an interface counts time: `if_tsresol` and `if_tsoffset` (pcapng, section 4.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    raw: u8,
    scale: Scale,
    offset: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scale {
    /// Nanoseconds per unit.
    Times(u64),
    /// Units per nanosecond.
    Over(u64),
    /// Units are seconds divided by two to this power.
    Shift(u32),
    /// Units too small to fill a nanosecond with 64 bits.
    Nothing,
}

const SECOND: i128 = 1_000_000_000;

impl Default for Clock {
    /// Microseconds, no offset: what pcapng means without options.
    fn default() -> Self {
        Self::new(6, 0)
    }
}

impl Clock {
    /// From the option's byte (top bit: base two, else base ten) and the offset in seconds.
    #[must_use]
    pub fn new(tsresol: u8, offset: i64) -> Self {
        let power = u32::from(tsresol & 0x7f);
        let scale = if tsresol & 0x80 != 0 {
            Scale::Shift(power)
        } else if power <= 9 {
            Scale::Times(10_u64.pow(9 - power))
        } else {
            10_u64
                .checked_pow(power - 9)
                .map_or(Scale::Nothing, Scale::Over)
        };
        Self {
            raw: tsresol,
            scale,
            offset,
        }
    }

    /// The time of `units`, and whether it had to be saturated.
    #[must_use]
    pub fn time(&self, units: u64) -> (Timestamp, bool) {
        let ns = match self.scale {
            Scale::Times(n) => i128::from(units) * i128::from(n),
            Scale::Over(n) => i128::from(units / n.max(1)),
            // 64 + 30 bits fit; a shift by up to 127 is defined.
            Scale::Shift(n) => (i128::from(units) * SECOND) >> n,
            Scale::Nothing => 0,
        } + i128::from(self.offset) * SECOND;
        i64::try_from(ns).map_or_else(
            |_| {
                (
                    if ns < 0 {
                        Timestamp::MIN
                    } else {
                        Timestamp::MAX
                    },
                    true,
                )
            },
            |ns| (Timestamp(ns), false),
        )
    }

    /// The `if_tsresol` byte.
    #[must_use]
    pub fn tsresol(&self) -> u8 {
        self.raw
    }

    /// Seconds added to every time.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Decimal digits after the point of a second that the units can fill; of a base-two
    /// resolution, as many as are needed to tell two units apart. At most 9 are shown.
    #[must_use]
    pub fn digits(&self) -> u8 {
        if self.raw & 0x80 == 0 {
            return self.raw & 0x7f;
        }
        // Wireshark's steps: the next of 0, 3, 6, 9 that is at least as fine.
        match self.raw & 0x7f {
            0 => 0,
            1..=10 => 3,
            11..=20 => 6,
            _ => 9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_resolutions() {
        assert_eq!(
            Clock::default().time(1_500_000),
            (Timestamp(1_500_000_000), false)
        );
        assert_eq!(Clock::new(0, 0).time(7), (Timestamp(7_000_000_000), false));
        assert_eq!(Clock::new(9, 0).time(7), (Timestamp(7), false));
        // pcap-parser truncates the fraction of picoseconds to 32 bits; 1.999999999999 s here.
        assert_eq!(
            Clock::new(12, 0).time(1_999_999_999_999),
            (Timestamp(1_999_999_999), false)
        );
        assert_eq!(Clock::new(127, 0).time(u64::MAX), (Timestamp(0), false));
    }

    #[test]
    fn base_two_resolutions() {
        assert_eq!(
            pcap_parser::build_ts_resolution(0x80 | 10),
            None,
            "pcap-parser has learnt base two: drop our own?"
        );
        assert_eq!(
            Clock::new(0x80 | 10, 0).time(1536),
            (Timestamp(1_500_000_000), false)
        );
        assert_eq!(
            Clock::new(0x80, 0).time(3),
            (Timestamp(3_000_000_000), false)
        );
        assert_eq!(Clock::new(0xff, 0).time(u64::MAX), (Timestamp(0), false));
        assert_eq!(
            Clock::new(0x80 | 32, 0).time(1 << 31),
            (Timestamp(500_000_000), false)
        );
    }

    #[test]
    fn offsets_and_the_ends_of_time() {
        assert_eq!(
            Clock::new(6, -10).time(1),
            (Timestamp(-9_999_999_000), false)
        );
        assert_eq!(Clock::new(6, 3).time(1), (Timestamp(3_000_001_000), false));
        assert_eq!(Clock::new(6, 0).time(u64::MAX), (Timestamp::MAX, true));
        assert_eq!(Clock::new(6, i64::MIN).time(0), (Timestamp::MIN, true));
        assert_eq!(
            Clock::new(0, i64::MAX).time(u64::MAX),
            (Timestamp::MAX, true)
        );
    }
}
