//! Nearest names: what the user probably meant.

/// The candidate that is most like `wanted`, if one is like enough.
///
/// A name that differs in case only wins; after that the smallest edit distance of at most a third of the name's
/// length, in characters. Of equals the first in order of the alphabet, so that a message never changes by itself.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    let length = wanted.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = if candidate.to_lowercase() == folded { 0 } else { distance(wanted, candidate) };
            let longest = length.max(candidate.chars().count());
            (distance * 3 <= longest).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance in characters, a swap of neighbours counting one (optimal string alignment).
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_was_meant() {
        let columns = ["id", "email", "user_id", "note", "created_at"];
        assert_eq!(nearest("emial", columns), Some("email"));
        assert_eq!(nearest("creatd_at", columns), Some("created_at"));
        assert_eq!(nearest("userId", ["userid", "user_id"]), Some("userid"));
        assert_eq!(nearest("USER_ID", columns), Some("user_id"));
    }

    #[test]
    fn suggests_nothing_far_fetched() {
        assert_eq!(nearest("nope", ["note_text", "mode_x"]), None);
        assert_eq!(nearest("severity", ["source_type", "id"]), None);
        assert_eq!(nearest("x", ["id"]), None);
    }

    #[test]
    fn counts_a_swap_as_one() {
        assert_eq!(distance("emial", "email"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
