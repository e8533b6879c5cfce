//! Words with wildcards.

/// Whether some one word is covered by both; `starred` says which of them hold a `*`.
pub(crate) fn overlap(mine: &str, theirs: &str, starred: (bool, bool)) -> bool {
    if mine == "*" || theirs == "*" || mine == theirs {
        return true;
    }
    match starred {
        (true, false) => glob(mine, theirs),
        (false, true) => glob(theirs, mine),
        // Two partial patterns: only fixed beginnings and ends that differ exclude each other.
        (true, true) => ends_agree(mine, theirs),
        (false, false) => false,
    }
}

/// Whether a word, `is_starred` where it holds a `*`, covers another. A pattern matches the text of a narrower pattern,
/// whose wildcard is just a character to it.
pub(crate) fn covers(mine: &str, theirs: &str, is_starred: bool) -> bool {
    if is_starred { mine == "*" || glob(mine, theirs) } else { mine == theirs }
}

/// Whether `text` fits `pattern`, in which each `*` stands for any run of characters, and there is one.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, others)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let (between, last) = others.rsplit_once('*').unwrap_or(("", others));
    for piece in between.split('*') {
        match find(rest, piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Where a piece stands in a text. Both are a word at most, for which the search of long texts takes long to begin.
fn find(text: &str, piece: &str) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    text.as_bytes().windows(piece.len()).position(|window| window == piece.as_bytes())
}

fn ends_agree(a: &str, b: &str) -> bool {
    let head = |s: &str| s.split('*').next().unwrap_or("").to_owned();
    let tail = |s: &str| s.rsplit('*').next().unwrap_or("").to_owned();
    let (ha, hb, ta, tb) = (head(a), head(b), tail(a), tail(b));
    (ha.starts_with(&hb) || hb.starts_with(&ha)) && (ta.ends_with(&tb) || tb.ends_with(&ta))
}
