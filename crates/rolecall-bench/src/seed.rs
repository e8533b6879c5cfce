//! Numbers that look random and depend on nothing but a seed, a matter and a row.

/// The number for one matter of one row. No row depends on another, so any can be had alone.
pub(crate) fn number(seed: u64, matter: u64, row: u32) -> u64 {
    mix(mix(seed ^ matter.wrapping_mul(0x9E37_79B9_7F4A_7C15)) ^ u64::from(row))
}

/// The finisher of SplitMix64, by Sebastiano Vigna, in the public domain.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number below `limit`, which may be 0 only where nothing is chosen.
pub(crate) fn below(seed: u64, matter: u64, row: u32, limit: u32) -> u32 {
    u32::try_from(number(seed, matter, row) % u64::from(limit.max(1))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_stay_what_they_are() {
        // Every figure in docs/performance.md is for tenants made of these.
        assert_eq!([number(1, 0, 0), number(1, 1, 0), number(1, 0, 1)].map(|n| n % 1000), [158, 479, 606]);
    }
}
